/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One member in the grid: picture, or else the voice's graph or the first letter
 * of the name; name; state in words. Knows nothing of WebRTC.
 */

import { UNTOLD } from './chat.mjs';
import { element, hueOf, icon, initialOf } from './dom.mjs';
import { Spectrum } from './spectrum.mjs';

const TRACK_EVENTS = ['mute', 'unmute', 'ended'];

export class Tile {
  #video = element('video', { autoplay: true, playsInline: true });
  #name = element('span', { className: 'name', dir: 'auto' });
  #state = element('span', { className: 'state' });
  #silent = element('span', { className: 'silent', hidden: true }, icon('mic-off'),
    element('span', { className: 'aside' }, 'muted'));
  #initial = element('div', { className: 'initial', 'aria-hidden': 'true' });
  #canvas = element('canvas', { className: 'spectrum', 'aria-hidden': 'true' });
  #stream = new MediaStream();
  #spectrum;
  #onBlocked;
  #onTrack = () => this.#update();
  #sends = UNTOLD;

  /** @param {() => void} settings.blocked - the browser plays it after a touch only */
  constructor({ name, self = false, peerId = null, blocked = () => {} }) {
    this.#onBlocked = blocked;
    this.element = element('li', { className: self ? 'tile self' : 'tile' });
    if (peerId !== null)
      this.#video.dataset.peer = peerId;
    this.#video.muted = self;
    this.#video.srcObject = this.#stream;
    /* The name beside it says whose picture it is. */
    this.#video.setAttribute('aria-hidden', 'true');
    this.element.append(this.#video, this.#canvas, this.#initial,
      element('p', { className: 'label' }, this.#silent, this.#name, this.#state));
    this.rename(name);
    this.#spectrum = new Spectrum(this.#canvas,
      (speaks) => this.element.classList.toggle('speaking', speaks));
    this.#update();
  }

  rename(name) {
    this.#name.textContent = name;
    this.#initial.textContent = initialOf(name);
    this.element.style.setProperty('--hue', hueOf(name));
  }

  setState(text, mood) {
    this.#state.textContent = text;
    this.#state.className = `state ${mood}`;
    this.element.classList.toggle('dimmed', mood !== 'good');
  }

  /** What its owner says is on; shown in place of silence and black. A screen is shown
   * whole and never mirrored. */
  setSends(sends) {
    this.#sends = sends;
    this.element.classList.toggle('screen', sends.screen);
    this.#silent.hidden = sends.microphone;
    this.#update();
  }

  addTrack(track) {
    if (this.#stream.getTracks().includes(track))
      return;
    this.#stream.addTrack(track);
    TRACK_EVENTS.forEach((event) => track.addEventListener(event, this.#onTrack));
    if (track.kind === 'audio')
      this.#spectrum.listen(track).catch((error) => console.warn('spectrum:', error));
    this.#update();
    this.play();
  }

  play() {
    this.#video.play().catch((error) => {
      if (error.name === 'NotAllowedError')
        this.#onBlocked();
    });
  }

  #dropTrack(track) {
    this.#stream.removeTrack(track);
    TRACK_EVENTS.forEach((event) => track.removeEventListener(event, this.#onTrack));
  }

  /** In place of what there was of that kind. */
  setTrack(kind, track) {
    for (const old of this.#stream.getTracks()) {
      if (old.kind === kind && old !== track)
        this.#dropTrack(old);
    }
    if (track)
      this.addTrack(track);
    else if (kind === 'audio')
      this.#spectrum.stop();
    this.#update();
  }

  /* A later offer may bring a second track, on which nothing ever comes. */
  #update() {
    const live = (tracks) => tracks.some((one) => !one.muted && one.readyState === 'live');
    const picture = this.#sends.camera && live(this.#stream.getVideoTracks());
    const voice = !picture && this.#sends.microphone && live(this.#stream.getAudioTracks());
    this.element.classList.toggle('no-picture', !picture);
    this.element.classList.toggle('voice', voice);
  }

  /** For a new call with the same one. */
  clear() {
    this.#stream.getTracks().forEach((track) => this.#dropTrack(track));
    this.#spectrum.stop();
    this.setSends(UNTOLD);
  }

  remove() {
    this.clear();
    this.#video.srcObject = null;
    this.element.remove();
  }
}
