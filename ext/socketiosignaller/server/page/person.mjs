/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One person in the room: who it is, the call with it, an offer of it that nobody
 * has accepted yet. What is decided about it is room.mjs's.
 */

import { belongsTo } from './call.mjs';
import { UNTOLD } from './chat.mjs';
import { cleanName } from './words.mjs';

const MAX_CANDIDATES = 64; /* of a call that rings */
const REST = 3000; /* ms without ringing after it rang: what calls meanwhile rings then */

export class Person {
  call = null;
  offer = null; /* {description, candidates, timer, waits}; it may ask without a description */
  state = 'here'; /* a key of STATES */
  welcome = false; /* its calls are answered by themselves */
  chats = false; /* it reads what is written */
  sends = UNTOLD; /* as far as it told */
  stale = false; /* the server tells nothing of it any more: only the call is left */
  gone = false; /* and said so */
  movedTo = null; /* what its call says that the server knows it by now */
  isProven = true; /* who it is, not only by that */
  told = ''; /* the server's name of who is not */
  isNew = false; /* it came while we were here, and has no name yet */

  #restUntil = 0;

  constructor(id, name) {
    this.id = id;
    this.given = cleanName(name);
    this.fallback = `Guest ${cleanName(id).slice(0, 4)}`;
  }

  get name() { return this.given || this.fallback; }

  /** Whether this name is news. */
  rename(name) {
    const before = this.name;
    this.given = cleanName(name) || this.given;
    return this.name !== before;
  }

  get isCalled() { return this.call !== null; }

  get isRinging() { return this.offer !== null && !this.offer.waits; }

  get isConnected() { return this.call?.state === 'connected'; }

  /**
   * It calls: rings at once, or later where it has rung just now.
   * @param {{rings: () => void, over: () => void, patience: number}} settings -
   *   `rings`: it does now; `over`: it has, for `patience` ms
   */
  ring(description, { rings, over, patience }) {
    const again = this.isRinging;
    clearTimeout(this.offer?.timer);
    const offer = { description, candidates: [], timer: null, waits: true };
    this.offer = offer;
    const begin = () => {
      offer.waits = false;
      offer.timer = setTimeout(over, patience);
      rings();
    };
    const rest = again ? 0 : this.#restUntil - performance.now();
    if (rest > 0)
      offer.timer = setTimeout(begin, rest);
    else
      begin();
  }

  /** The offer that rang or was going to, or null. */
  stopRinging() {
    const { offer } = this;
    if (this.isRinging)
      this.#restUntil = performance.now() + REST;
    this.offer = null;
    clearTimeout(offer?.timer);
    return offer;
  }

  /** Whether a candidate that names nobody is for the call with this one. */
  owns(ufrag) {
    return (this.call?.hears(ufrag) ?? false) ||
      belongsTo(ufrag, this.offer?.description?.sdp);
  }

  receiveCandidate(candidate) {
    if (this.offer && (candidate.ufrag === null || !this.call?.hears(candidate.ufrag))) {
      if (this.offer.candidates.length < MAX_CANDIDATES)
        this.offer.candidates.push(candidate);
    } else {
      this.call?.receiveCandidate(candidate);
    }
  }

  endCall(settings) {
    this.stopRinging();
    this.call?.close(settings);
    this.call = null;
    this.chats = false;
    this.movedTo = null;
    if (!this.isProven) {
      this.isProven = true;
      this.given = this.told || this.given;
    }
    this.sends = UNTOLD;
  }
}
