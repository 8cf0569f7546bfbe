/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One call: an RTCPeerConnection with one person, by perfect negotiation. Knows
 * nothing of the page and of the dialect.
 *
 * Its work is done one step at a time in the order in which it came, so a
 * candidate never overtakes its description, and a local offer is never half made
 * when a remote one is looked at.
 *
 * Of two offers that cross in a call, that of who made the call counts, and the other
 * side takes its own back. Where both made it, the larger fingerprint says who did:
 * both know both, and no dialect has to say it.
 */

import { ChatLine } from './chat.mjs';

const MAX_CANDIDATES = 64; /* kept until the description is there */
const ANSWER_TIMEOUT = 30000; /* ms until a silent person is called silent */
const KINDS = ['audio', 'video'];

/* Stands in the descriptions of who has a chat. Only they are offered a data
 * channel, by a second offer: when a first one has its section refused, Chromium
 * holds its picture back for some 15 s. */
const CHAT_LINE = 'a=x-roomcall-chat:1';

const fingerprintOf = (sdp) => /^a=fingerprint:\S+ (\S+)/mi.exec(sdp ?? '')?.[1].toUpperCase() ?? '';
const ufragsOf = (sdp) => [...(sdp ?? '').matchAll(/^a=ice-ufrag:(\S+)/gm)].map(([, ufrag]) => ufrag);

/** Whether a candidate says that it belongs to that description. */
export const belongsTo = (ufrag, sdp) => ufragsOf(sdp).includes(ufrag);

/** {type, sdp} of whatever came as a description, or null. */
export function takeDescription(value) {
  const { type, sdp } = value ?? {};
  return ['offer', 'answer'].includes(type) && typeof sdp === 'string' ? { type, sdp } : null;
}

/** A candidate of whatever came as one, or null; the last one has no text. */
export function takeCandidate(value) {
  if (typeof value?.candidate !== 'string' || value.candidate === '')
    return null;
  const { candidate, usernameFragment } = value;
  const sdpMid = typeof value.sdpMid === 'string' ? value.sdpMid : null;
  const sdpMLineIndex = Number.isInteger(value.sdpMLineIndex) ? value.sdpMLineIndex
    : sdpMid === null ? 0 : null;
  const ufrag = typeof usernameFragment === 'string' ? usernameFragment
    : / ufrag (\S+)/.exec(candidate)?.[1] ?? null;
  return { candidate, sdpMid, sdpMLineIndex, ufrag };
}

export class Call {
  #pc;
  #stream; /* what our tracks are said to belong to */
  #caller;
  #mayOffer;
  #ignoring = false; /* the last offer lost: its candidates are lost too */
  #candidates = [];
  #successor = null; /* the call that answers, where ours gave way */
  #work = Promise.resolve();
  #answerTimer;
  #on;

  /**
   * @param {{caller: boolean, tracks: MediaStreamTrack[], iceServers: object[],
   *   greeting: () => object[], on}} settings
   *   on: {description(d), candidate(c), track(track), state(word), chat: see ChatLine,
   *   yielded(d)}; yielded: d is answered by another call, which it returns
   */
  constructor({ caller, tracks, iceServers, greeting, on }) {
    this.#caller = caller;
    this.#mayOffer = caller;
    this.#on = on;
    this.#pc = new RTCPeerConnection({ iceServers });
    this.#stream = new MediaStream(tracks);
    const pc = this.#pc;
    pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate)
        on.candidate(candidate.toJSON());
    };
    pc.ontrack = ({ track }) => on.track(track);
    pc.onnegotiationneeded = () => this.#next(() => this.#offer());
    pc.onconnectionstatechange = () => this.#stateChanged();
    for (const kind of KINDS) {
      const track = tracks.find((one) => one.kind === kind);
      if (track)
        pc.addTrack(track, this.#stream);
      else if (caller)
        pc.addTransceiver(kind, { direction: 'recvonly' });
    }
    this.chat = new ChatLine(pc, { greeting, on: on.chat });
    this.#answerTimer = setTimeout(() => {
      if (!pc.remoteDescription)
        on.state('silent');
    }, ANSWER_TIMEOUT);
  }

  get state() { return this.#pc.connectionState; }

  #next(step) {
    this.#work = this.#work.then(step).catch((error) => {
      if (this.#pc.signalingState !== 'closed')
        console.warn('negotiation:', error);
    });
  }

  /* Also a later one: a track more, or new ICE credentials. */
  async #offer() {
    if (!this.#mayOffer || this.#pc.signalingState !== 'stable')
      return;
    await this.#pc.setLocalDescription();
    this.#describeUs();
  }

  #describeUs() {
    const { type, sdp } = this.#pc.localDescription;
    this.#on.description({ type, sdp: sdp.replace(/^m=/m, `${CHAT_LINE}\r\n$&`) });
  }

  /* The first offers crossed: is it their call? Then another connection answers it:
   * one that took its first offer back gathers no candidates in Chromium, if the
   * answer comes before the first of them. */
  #givesWay(description) {
    const pc = this.#pc;
    if (pc.currentRemoteDescription ||
        fingerprintOf(pc.localDescription?.sdp) > fingerprintOf(description.sdp))
      return false;
    this.#successor = this.#on.yielded(description);
    this.#candidates.forEach((candidate) => this.#successor.receiveCandidate(candidate));
    return true;
  }

  async #describe(description) {
    const pc = this.#pc;
    if (description.type === 'answer' && pc.signalingState !== 'have-local-offer')
      return; /* to an offer that was taken back */
    const collision = description.type === 'offer' && pc.signalingState !== 'stable';
    if (this.#successor || (collision && this.#givesWay(description)))
      return;
    this.#ignoring = collision && this.#caller;
    if (this.#ignoring)
      return;
    await pc.setRemoteDescription(description);
    this.#mayOffer = true;
    for (const candidate of this.#candidates.splice(0))
      await this.#addCandidate(candidate);
    if (description.type === 'offer') {
      await pc.setLocalDescription();
      this.#describeUs();
    }
    if (this.#caller && description.sdp.includes(CHAT_LINE))
      this.chat.open(pc);
  }

  async #addCandidate({ candidate, sdpMid, sdpMLineIndex, ufrag = null }) {
    if (this.#successor) {
      this.#successor.receiveCandidate({ candidate, sdpMid, sdpMLineIndex, ufrag });
      return;
    }
    if (this.#ignoring)
      return;
    if (!this.#pc.remoteDescription) {
      if (this.#candidates.length < MAX_CANDIDATES)
        this.#candidates.push({ candidate, sdpMid, sdpMLineIndex });
      return;
    }
    try {
      await this.#pc.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
    } catch (error) {
      /* One bad candidate of many; the others may do. */
      console.warn('candidate:', error);
    }
  }

  #stateChanged() {
    const state = this.#pc.connectionState;
    this.#on.state(state === 'closed' ? 'ended' : state);
    if (state === 'failed' && this.#caller)
      this.#pc.restartIce();
  }

  /** Of takeDescription(). */
  receiveDescription(description) {
    this.#next(() => this.#describe(description));
  }

  /** Of takeCandidate(). */
  receiveCandidate(candidate) {
    this.#next(() => this.#addCandidate(candidate));
  }

  /** Whether an offer is about this connection, and not a new one in its place. */
  continues({ sdp }) {
    const remote = this.#pc.currentRemoteDescription?.sdp;
    return remote === undefined || fingerprintOf(remote) === fingerprintOf(sdp);
  }

  /** Whether it is this connection for sure that an offer goes on with. */
  isProvenBy({ sdp }) {
    const known = fingerprintOf(this.#pc.currentRemoteDescription?.sdp);
    return known !== '' && known === fingerprintOf(sdp);
  }

  hears(ufrag) {
    return belongsTo(ufrag, this.#pc.remoteDescription?.sdp);
  }

  /** Sends another track of that kind, or none. */
  send(kind, track) {
    const sender = this.#pc.getSenders().find((one) => one.track?.kind === kind) ??
      this.#pc.getTransceivers().find((one) => one.receiver.track.kind === kind &&
        ['sendrecv', 'sendonly'].includes(one.direction) && one.sender.track === null)?.sender;
    if (sender)
      sender.replaceTrack(track).catch((error) => console.warn('track:', error));
    else if (track)
      this.#pc.addTrack(track, this.#stream);
  }

  close({ bye = false } = {}) {
    clearTimeout(this.#answerTimer);
    if (bye)
      this.chat.say({ bye: true });
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }
}
