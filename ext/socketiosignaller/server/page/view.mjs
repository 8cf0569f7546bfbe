/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the page shows of a room: tiles, people, chat, words. Knows persons, and
 * nothing of how they are reached.
 */

import { ChatPanel } from './chatpanel.mjs';
import { $, element, relabel } from './dom.mjs';
import { Grid } from './grid.mjs';
import { Panels } from './panels.mjs';
import { People } from './people.mjs';
import { Tile } from './tile.mjs';
import { nextTouch } from './touch.mjs';
import { changeWords, roomWords, STATES } from './words.mjs';

const EVENT_TIME = 6000; /* ms that one is shown */
const TROUBLE = {
  lost: 'warn', unreachable: 'warn', connecting: 'calm', refused: 'bad', 'kept-out': 'bad',
  'thrown-out': 'bad', inside: 'good',
};

/** `again`: it may be mended by trying again, or by what the `button` says. */
export function notice(words, { again = false, button = 'Try again' } = {}) {
  $('notice').hidden = words === '';
  $('notice-words').textContent = words;
  $('retry').hidden = !again;
  $('retry').textContent = button;
}

export function setStatus(state, detail) {
  const words = roomWords(state, detail);
  if ($('status').textContent !== words)
    $('status').textContent = words;
  $('status').className = TROUBLE[state] ?? 'calm';
}

/** A line that is read out, and goes by itself, or when `until` is. */
export function tell(words, until = null) {
  const line = element('p', {}, words);
  $('events').append(line);
  while ($('events').children.length > 3)
    $('events').firstElementChild.remove();
  if (until)
    until.then(() => line.remove());
  else
    setTimeout(() => line.remove(), EVENT_TIME);
}

export class View {
  #grid = new Grid($('grid'));
  #panels = new Panels((name) => {
    if (name === 'chat')
      this.#chat.focus();
    else
      $('people').querySelector('button:not([hidden])')?.focus();
  });
  #people;
  #chat;
  #self = null;
  #tiles = new Map(); /* person -> tile */
  #blocked = null; /* until the page is touched, what the browser does not play before */
  #states = new WeakMap(); /* person -> what was shown of it last */

  /** @param {{act: (person, what) => void, write: (text) => void, retry: () => void}} on */
  constructor(on) {
    this.#people = new People(
      { list: $('people'), cards: $('calls'), empty: $('nobody'), fallback: $('title') }, on.act);
    this.#chat = new ChatPanel({
      form: $('chat-form'), log: $('messages'), hint: $('chat-hint'), input: $('chat-input'),
    }, { send: on.write, unread: () => this.#panels.addUnread() });
    $('dismiss').addEventListener('click', () => {
      notice('');
      $('title').focus();
    });
    $('retry').addEventListener('click', () => {
      notice('');
      $('title').focus();
      on.retry();
    });
  }

  /** Into the room, or out of it. */
  setInside(inside) {
    document.body.classList.toggle('inside', inside);
    $('entry').hidden = inside;
    for (const id of ['grid', 'controls', 'side', 'leave'])
      $(id).hidden = !inside;
    $('alone').hidden = true;
    (inside ? $('title') : $('join')).focus();
    if (inside)
      this.#panels.reset();
    else
      this.#chat.clear();
  }

  showSelf(name) {
    this.#self = new Tile({ name: `${name} (you)`, self: true });
    this.#grid.add(this.#self, { last: true });
  }

  hideSelf() {
    if (this.#self)
      this.#grid.remove(this.#self);
    this.#self = null;
  }

  updateSelf(media) {
    if (!this.#self)
      return;
    for (const kind of ['audio', 'video'])
      this.#self.setTrack(kind, media.track(kind));
    this.#self.setSends({ microphone: media.isOn('audio') || !media.track('audio'),
      camera: media.isOn('video'), screen: media.sharesScreen });
    const words = !media.isOpen ? 'only watching'
      : media.sharesScreen ? 'sharing the screen'
        : media.isOn('audio') ? 'microphone on' : 'microphone off';
    this.#self.setState(words, media.isOn('audio') || media.sharesScreen ? 'good' : 'warn');
  }

  came(person) {
    this.#people.add(person);
  }

  /** `staysOn`: nobody is left, and we are still seen and heard by who comes. */
  went(person, { inside, staysOn, moved }) {
    this.#people.remove(person);
    this.#dropTile(person);
    if (!inside || moved || person.id === 'peer')
      return;
    /* Who hung up before was told of then. */
    const words = [person.state === 'ended' ? '' : `${person.name} left.`,
      staysOn ? 'Your devices stay on for who comes next.' : ''].filter(Boolean).join(' ');
    if (words !== '')
      tell(words);
  }

  #dropTile(person) {
    const tile = this.#tiles.get(person);
    if (tile)
      this.#grid.remove(tile);
    this.#tiles.delete(person);
  }

  /** A call begins: what was seen of an older one is over. */
  called(person) {
    const tile = this.#tiles.get(person);
    if (tile)
      tile.clear();
    else
      this.#addTile(person);
  }

  /* Who has not touched the page yet is not played to. */
  #waitForTouch() {
    if (this.#blocked)
      return;
    this.#blocked = nextTouch().then(() => {
      this.#blocked = null;
      this.#tiles.forEach((tile) => tile.play());
    });
    tell('Press anywhere to see and hear the others.', this.#blocked);
  }

  #addTile(person) {
    const tile = new Tile({ name: person.name, peerId: person.id, blocked: () => this.#waitForTouch() });
    this.#tiles.set(person, tile);
    this.#grid.add(tile);
  }

  changed(person, { byHand }) {
    this.#people.update(person);
    const before = this.#states.get(person);
    this.#states.set(person, person.state);
    const news = before === person.state ? '' : changeWords(person.name, before, person.state);
    if (news !== '')
      tell(news);
    /* Where everybody calls everybody, who has come has a tile at once. */
    if (!this.#tiles.has(person) && (person.isCalled || (!byHand && person.state === 'waiting')))
      this.#addTile(person);
    else if (this.#tiles.has(person) && !person.isCalled && person.state !== 'waiting')
      this.#dropTile(person);
    const tile = this.#tiles.get(person);
    if (!tile)
      return;
    tile.rename(person.name);
    tile.setState(...STATES[person.state]);
    tile.setSends(person.sends);
  }

  addTrack(person, track) {
    this.#tiles.get(person)?.addTrack(track);
  }

  showText(name, text, settings) {
    this.#chat.show(name, text, settings);
  }

  /** Counts, and what can be done now. */
  update({ people, called, state }) {
    this.#people.setReachable(state === 'inside');
    const names = (list) => list.map(({ name }) => name);
    const connected = called.filter((person) => person.isConnected);
    this.#chat.setReach(names(connected.filter(({ chats }) => chats)),
      names(connected.filter(({ chats }) => !chats)));
    $('head-count').textContent = String(people.length);
    $('head-count').hidden = people.length === 0;
    $('hang-up').hidden = called.length === 0;
    $('alone').hidden = people.length > 0 || state !== 'inside';
  }

  updateControls(media, { devices, screen }) {
    const set = (id, off, words, icons) => {
      relabel($(id), words[Number(off)], icons[Number(off)]);
      $(id).classList.toggle('off', off);
    };
    set('mute', media.isOff('audio'), ['Mute', 'Unmute'], ['mic', 'mic-off']);
    set('camera', media.isOff('video'), ['Camera off', 'Camera on'], ['camera', 'camera-off']);
    set('screen', media.sharesScreen, ['Share screen', 'Stop sharing'], ['screen', 'screen-stop']);
    $('mute').disabled = media.track('audio') === null;
    $('camera').disabled = media.track('video') === null || media.sharesScreen;
    $('screen').hidden = !screen;
    $('devices').hidden = !devices;
  }
}
