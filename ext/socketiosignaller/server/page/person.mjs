/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One person in the room: who it is, the call with it, an offer of it that nobody
 * has accepted yet. What is decided about it is room.mjs's.
 */

import { belongsTo } from './call.mjs';
import { cleanName } from './words.mjs';

const MAX_CANDIDATES = 64; /* of a call that rings */

export class Person {
  call = null;
  offer = null; /* {description, candidates, timer}, while it rings; it may ask without a description */
  state = 'here'; /* a key of STATES */
  welcome = false; /* its calls are answered by themselves */
  chats = false; /* it reads what is written */
  sends = { microphone: true, camera: true }; /* as far as it told */
  stale = false; /* of a connection to the server that was lost */
  isNew = false; /* it came while we were here, and has no name yet */

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

  get isRinging() { return this.offer !== null; }

  get isConnected() { return this.call?.state === 'connected'; }

  ring(description, timer) {
    this.stopRinging();
    this.offer = { description, candidates: [], timer };
  }

  /** The offer that rang, or null. */
  stopRinging() {
    const { offer } = this;
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
    this.sends = { microphone: true, camera: true };
  }
}
