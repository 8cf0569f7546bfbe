/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is here, and who is called: brings a dialect, a connection to the server and
 * a call with each person together. Knows nothing of the page.
 *
 * A dialect is a function of {socket, room, name, hear}. It listens to the socket,
 * tells `hear` what it heard, and returns what can be said:
 *
 *   byHand       calls are made and accepted by button
 *   isLobby?     who is in the room is called by whoever comes, also after a call
 *   enter()      into the room, whenever the server is there; hear.entered() follows
 *   leave(), describe(id, d), candidate(id, c), end(id)
 *   invite?()    calls who is there, where that is another word than an offer
 *   self?()      what the others know us by, where that changes with the connection
 *
 *   hear.came({id, name?, weCall, anew?})   weCall: true, false (it calls), null (by hand);
 *                                    anew: whatever was with it before is over
 *   hear.arrived(id)                 it came while we were here
 *   hear.asked(id)                   it wants a call, which invite() makes
 *   hear.went(id)  hear.named(id, name)  hear.described(id, d)  hear.ended(id or null)
 *   hear.candidate(id or null, c)  hear.refused(reason)  hear.isInCall(id)
 */

import { Call, takeCandidate, takeDescription } from './call.mjs';
import { broadcast } from './dialects/broadcast.mjs';
import { mesh } from './dialects/mesh.mjs';
import { message } from './dialects/message.mjs';
import { rooms } from './dialects/rooms.mjs';
import { Person } from './person.mjs';
import { Socket } from './socketio.mjs';
import { cleanName } from './words.mjs';

const MAX_PEOPLE = 32; /* a mesh is too much for the machine long before */
const RING_TIMEOUT = 60000; /* ms; where no word calls it off */

/** name -> dialect */
export const DIALECTS = { mesh, rooms, message, broadcast };

export class Room {
  #people = new Map();
  #socket;
  #dialect;
  #media;
  #name;
  #iceServers;
  #inside = false;
  #isFull = false;
  #on;

  /**
   * @param {{dialect: string, room: string, name: string, token: string,
   *   iceServers: () => object[], media: Media, on}} settings
   *   on: {state(word, detail), came(person), went(person, {moved}), changed(person),
   *   track(person, track), text(person, text), called(person), arrived(person)};
   *   called: a call with it begins, and tracks are those of that one from now on;
   *   arrived: it came while we were here, and its name is known; full(count): so
   *   many are shown, and no more; went, moved: it is the same as one who stays
   */
  constructor({ dialect, room, name, token, iceServers, media, on }) {
    this.#media = media;
    this.#name = name;
    this.#iceServers = iceServers;
    this.#on = on;
    const url = new URL('/socket.io/', location.origin);
    url.search = new URLSearchParams({ room, dialect });
    this.#socket = new Socket(url, { auth: { name, ...(token ? { token } : {}) } })
      .on('connect', () => this.#dialect.enter())
      .on('disconnect', (reason, retryIn) => this.#lost(reason, retryIn))
      .on('connect_error', (error, retryIn) => on.state(
        retryIn === null ? 'refused' : 'unreachable', error.message));
    this.#dialect = DIALECTS[dialect]({ socket: this.#socket, room, name, hear: this.#hear() });
  }

  enter() {
    this.#on.state('connecting');
    this.#socket.connect();
  }

  get people() { return [...this.#people.values()]; }

  get called() { return this.people.filter((person) => person.isCalled); }

  get isByHand() { return this.#dialect.byHand; }

  get isLobby() { return this.#dialect.isLobby === true; }

  #hear() {
    return {
      entered: () => this.#entered(),
      came: (who) => this.#came(who),
      arrived: (id) => this.#arrived(this.#people.get(id)),
      asked: (id) => this.#ring(this.#people.get(id), null),
      went: (id) => this.#went(this.#people.get(id)),
      named: (id, name) => this.#named(id, name),
      described: (id, value) => this.#described(id, takeDescription(value)),
      candidate: (id, value) => this.#candidate(id, takeCandidate(value)),
      ended: (id) => this.#ended(id === null ? this.#only() : this.#people.get(id)),
      refused: (reason) => {
        if (typeof reason === 'string') /* what has no words is none */
          this.#on.state('kept-out', reason);
      },
      isInCall: (id) => this.#people.get(id)?.isConnected ?? false,
    };
  }

  /* ---- the server ---- */

  /* Also after a lost connection: the server knows us under a new id then, and
   * introduces everybody anew. Who calls by itself makes each call again; a call
   * that was made by hand is not broken for that. */
  #entered() {
    this.#inside = true;
    for (const person of this.people) {
      if (person.id === 'peer' && person.isConnected)
        continue;
      if (this.#dialect.byHand && person.isConnected)
        person.stale = true;
      else
        this.#remove(person);
    }
    this.#on.state('inside');
    /* By the calls themselves, as names say nothing about who it is. */
    const id = this.#dialect.self?.();
    if (id)
      this.called.forEach(({ call }) => call.chat.say({ id }));
  }

  #lost(reason, retryIn) {
    this.#inside = false;
    this.#on.state(retryIn === null ? 'thrown-out' : 'lost', reason);
  }

  /* ---- people ---- */

  #came({ id, name, weCall, anew = false }) {
    if (typeof id !== 'string' || id === '')
      return;
    let person = this.#people.get(id);
    if (person && (anew || (!this.#dialect.byHand && weCall !== null && id !== 'peer'))) {
      this.#remove(person);
      person = null;
    }
    if (!person) {
      if (this.#people.size >= MAX_PEOPLE) {
        if (!this.#isFull)
          this.#on.full(MAX_PEOPLE);
        this.#isFull = true;
        return;
      }
      person = new Person(id, name);
      this.#people.set(id, person);
      this.#on.came(person);
      const mover = this.people.find(({ movedTo }) => movedTo === id);
      if (mover && this.#move(mover, id))
        return;
    }
    this.#isBack(person);
    if (weCall !== null)
      person.welcome = true;
    if (weCall === true)
      this.#call(person);
    else if (weCall === false && !person.call)
      this.#set(person, 'waiting');
    else
      this.#count();
  }

  /* Its name may come before or after. */
  #arrived(person) {
    if (!person || person.isCalled)
      return;
    person.isNew = person.given === '';
    if (!person.isNew)
      this.#on.arrived(person);
  }

  /* A call that was made by hand outlives a lost connection to the server, of either
   * side: it tells by itself when it is over. */
  #went(person) {
    if (!person)
      return;
    if (this.#dialect.byHand && person.isConnected)
      person.stale = person.gone = true;
    else
      this.#remove(person);
  }

  #isBack(person) {
    person.stale = person.gone = false;
  }

  /* Somebody we are in a call with has a new id, by its own word or by an offer of that
   * very connection. The word could be a lie, and a server may show descriptions to all:
   * who has another connection under that id is asked for, and nobody is named by a word. */
  #move(person, id, { isProven = false } = {}) {
    const other = this.#people.get(id);
    const people = this.people;
    if (!other || other === person || other.isCalled || other.offer ||
        people.indexOf(other) < people.indexOf(person))
      return false;
    this.#remove(other, { moved: true });
    this.#people.delete(person.id);
    if (person.given === '' && isProven)
      person.rename(other.given);
    person.told = other.given;
    person.id = id;
    person.movedTo = null;
    person.isProven = isProven;
    person.welcome = false;
    this.#isBack(person);
    this.#people.set(id, person);
    this.#on.changed(person);
    this.#count();
    return true;
  }

  #moved(person, id) {
    if (id === person.id || !this.#dialect.self || !this.#dialect.byHand)
      return;
    person.movedTo = id;
    this.#move(person, id);
  }

  #remove(person, { moved = false } = {}) {
    this.#people.delete(person.id);
    this.#isFull = false;
    person.endCall();
    this.#on.went(person, { moved });
    this.#count();
  }

  #named(id, name) {
    let person = this.#people.get(id);
    if (!person) {
      this.#came({ id, name, weCall: null });
      person = this.#people.get(id);
    }
    if (!person)
      return;
    this.#isBack(person);
    if (!person.isProven) {
      person.told = cleanName(name);
    } else if (person.rename(name)) {
      this.#on.changed(person);
      if (person.isNew)
        this.#arrived(person);
    }
  }

  #only() {
    const busy = this.people.filter((person) => person.isCalled || person.offer);
    return busy.length === 1 ? busy[0] : undefined;
  }

  #set(person, state) {
    person.state = state;
    this.#on.changed(person);
    this.#count();
  }

  #count() {
    if (this.#inside)
      this.#on.state('inside');
  }

  /* ---- calls ---- */

  #begin(person, caller) {
    person.endCall();
    this.#isBack(person);
    const { id } = person;
    const call = new Call({
      caller,
      tracks: this.#media.tracks(),
      iceServers: this.#iceServers(),
      greeting: () => [{ hello: 1, name: this.#name }, this.#mediaState()],
      on: {
        description: ({ type, sdp }) => this.#dialect.describe(person.id, { type, sdp }),
        candidate: (candidate) => this.#dialect.candidate(person.id, candidate),
        track: (track) => this.#on.track(person, track),
        yielded: (description) => {
          const answering = this.#begin(person, false);
          answering.receiveDescription(description);
          return answering;
        },
        state: (state) => {
          if (person.call === call)
            this.#stateChanged(person, state);
        },
        chat: {
          ready: (name) => {
            person.chats = true;
            if (person.given === '' || id === 'peer')
              person.rename(name);
            this.#on.changed(person);
          },
          moved: (to) => {
            if (person.call === call)
              this.#moved(person, to);
          },
          text: (text) => this.#on.text(person, text),
          media: (sends) => {
            person.sends = sends;
            this.#on.changed(person);
          },
          bye: () => {
            if (person.call === call)
              this.#ended(person);
          },
        },
      },
    });
    person.call = call;
    this.#on.called(person);
    this.#set(person, caller ? 'calling' : person.state === 'waiting' ? 'waiting' : 'connecting');
    return call;
  }

  #call(person) {
    person.welcome = true;
    this.#begin(person, true);
  }

  #stateChanged(person, state) {
    const isOver = state === 'ended' || (state === 'failed' && person.stale) ||
      (state === 'disconnected' && person.gone); /* the server said so too */
    if (isOver)
      this.#ended(person);
    else if (state !== 'new')
      this.#set(person, state);
  }

  #described(id, description) {
    if (description === null || typeof id !== 'string')
      return;
    if (!this.#people.has(id) && this.#dialect.byHand) /* the first that is heard of it */
      this.#came({ id, weCall: null });
    let person = this.#people.get(id);
    if (!person)
      return;
    if (description.type === 'offer')
      person = this.#prove(person, description);
    if (description.type === 'answer' || person.call?.continues(description)) {
      person.call?.receiveDescription(description);
    } else if (person.welcome) {
      this.#begin(person, false).receiveDescription(description);
    } else {
      this.#ring(person, description);
    }
  }

  /* Whose connection an offer goes on with, where somebody has a new id. */
  #prove(person, description) {
    const known = this.called.find(({ call }) => call.isProvenBy(description));
    if (known === person && !person.isProven)
      person.isProven = true;
    else if (known && known !== person && this.#dialect.byHand)
      this.#move(known, person.id, { isProven: true });
    return this.#people.get(person.id);
  }

  #ring(person, description) {
    person?.ring(description, {
      patience: RING_TIMEOUT,
      rings: () => this.#set(person, 'ringing'),
      over: () => this.#ended(person),
    });
  }

  #candidate(id, candidate) {
    if (candidate === null)
      return;
    const person = id !== null ? this.#people.get(id)
      : (candidate.ufrag !== null && this.people.find((one) => one.owns(candidate.ufrag))) ||
        this.#only();
    person?.receiveCandidate(candidate);
  }

  /* By the other side, or its connection. */
  #ended(person) {
    if (!person)
      return;
    person.endCall();
    if (!this.isLobby)
      person.welcome = false;
    if (person.stale)
      this.#remove(person);
    else
      this.#set(person, 'ended');
  }

  /* ---- what the user does ---- */

  call(person) {
    if (this.#people.get(person.id) !== person)
      return;
    if (person.offer) { /* it was quicker */
      this.accept(person);
      return;
    }
    person.welcome = true;
    if (!this.#dialect.invite) {
      this.#call(person);
      return;
    }
    this.#set(person, 'calling');
    this.#dialect.invite();
  }

  accept(person) {
    const offer = person.stopRinging();
    if (!offer)
      return;
    if (offer.description === null) {
      this.call(person);
      return;
    }
    person.welcome = true;
    const call = this.#begin(person, false);
    call.receiveDescription(offer.description);
    offer.candidates.forEach((candidate) => call.receiveCandidate(candidate));
  }

  reject(person) {
    if (!person.stopRinging())
      return;
    person.welcome = false;
    this.#dialect.end(person.id);
    this.#set(person, person.isCalled ? person.call.state : 'here');
  }

  hangUp(person) {
    person.welcome = false;
    this.#dialect.end(person.id);
    person.endCall({ bye: true });
    if (person.stale)
      this.#remove(person);
    else
      this.#set(person, 'here');
  }

  #mediaState() {
    return {
      microphone: this.#media.isOn('audio'), camera: this.#media.isOn('video'),
      screen: this.#media.sharesScreen,
    };
  }

  /** Of Media: another track of a kind is sent from now on. */
  sendMedia(kind) {
    for (const { call } of this.called) {
      call.send(kind, this.#media.track(kind));
      call.chat.say(this.#mediaState());
    }
  }

  /** Says it to everybody in a call; returns those who do not read it. */
  write(text) {
    const called = this.called;
    called.filter((person) => person.chats).forEach(({ call }) => call.chat.say({ text }));
    return called.filter((person) => !person.chats);
  }

  leave() {
    if (this.#inside)
      this.#dialect.leave();
    this.#inside = false;
    this.#socket.disconnect();
    for (const person of this.people) {
      this.#people.delete(person.id);
      person.endCall({ bye: true });
      this.#on.went(person);
    }
  }
}
