/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Our own camera, microphone and screen: what is opened, what of it is sent, and
 * that its light goes out. Knows nothing of calls.
 */

import { lostWords, missingWords, SECURE_WORDS } from './words.mjs';

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const CONSTRAINTS = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: PICTURE,
};
const INPUTS = { audio: 'audioinput', video: 'videoinput' };

/** What is chosen in place of a device. */
export const NONE = 'none';
export const SCREEN = 'screen';
export const ANY = '';

/** Whether the browser gives this page devices at all. */
export const mayHaveDevices = () => Boolean(navigator.mediaDevices?.getUserMedia);
export const mayShareScreen = () => Boolean(navigator.mediaDevices?.getDisplayMedia);

function constraintsOf(kind, device) {
  return { ...CONSTRAINTS[kind], ...(device === ANY ? {} : { deviceId: { exact: device } }) };
}

async function openDevices(wanted) {
  const stream = await navigator.mediaDevices.getUserMedia(
    Object.fromEntries(wanted.map(([kind, device]) => [kind, constraintsOf(kind, device)])));
  return stream.getTracks();
}

async function openScreen() {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: PICTURE });
  const [track] = stream.getVideoTracks();
  track.contentHint = 'detail';
  return track;
}

export class Media {
  /** Of each kind the one device that is wanted: an id, ANY, NONE, or SCREEN. */
  choice = { audio: ANY, video: ANY };

  #devices = { audio: null, video: null }; /* tracks of microphone and camera */
  #screen = null;
  #off = { audio: false, video: false };
  /* Counted up when what is asked for is not wanted any more: the browser may give it
   * minutes later, and it is stopped then. */
  #generation = { audio: 0, video: 0, screen: 0 };
  #on;

  /**
   * @param {{changed: (kind: string) => void, lost: (words: string) => void}} on
   *   changed: another track is sent now; lost: a device is gone by itself
   */
  constructor(on) {
    this.#on = on;
  }

  /** The track that is to be sent of a kind, or null. */
  track(kind) {
    return (kind === 'video' ? this.#screen : null) ?? this.#devices[kind];
  }

  tracks() {
    return ['audio', 'video'].map((kind) => this.track(kind)).filter(Boolean);
  }

  get isOpen() { return this.tracks().length > 0; }

  get sharesScreen() { return this.#screen !== null; }

  isOff(kind) { return this.#off[kind]; }

  /** Whether something is sent of a kind that can be seen or heard. */
  isOn(kind) {
    return this.track(kind) !== null && !(this.#off[kind] && this.track(kind) !== this.#screen);
  }

  /** Sends silence or black instead; a shared screen is not the camera. */
  setOff(kind, off) {
    this.#off[kind] = off;
    if (this.#devices[kind])
      this.#devices[kind].enabled = !off;
    this.#on.changed(kind);
  }

  /**
   * Opens what is chosen and not open yet, as far as it is there and allowed.
   * @returns {Promise<{words: string, again: boolean}>} what is missing and why, ''
   *   if nothing; whether it may be there when one tries again
   */
  async open() {
    const wanted = Object.entries(this.choice)
      .filter(([kind, device]) => device !== NONE && this.track(kind) === null);
    if (wanted.length === 0)
      return { words: this.isOpen ? '' : 'You chose to send nothing: you see and hear the others.', again: false };
    if (!mayHaveDevices())
      return { words: `You see and hear the others. ${SECURE_WORDS}`, again: false };
    const generation = { ...this.#generation };
    const missing = [];
    let fault = null;
    const attempt = async (group) => {
      try {
        const isScreen = group[0][1] === SCREEN;
        const tracks = isScreen ? [await openScreen()] : await openDevices(group);
        tracks.forEach((track) => this.#take(track, generation, { isScreen }));
        return true;
      } catch (error) {
        fault = error;
        return false;
      }
    };
    const screen = wanted.filter(([, device]) => device === SCREEN);
    const devices = wanted.filter(([, device]) => device !== SCREEN);
    for (const group of [screen, devices].filter((one) => one.length > 0)) {
      if (await attempt(group))
        continue;
      /* Who said no to both is not asked again for each. */
      const single = group.length > 1 && fault.name !== 'NotAllowedError';
      for (const one of group) {
        if (!single || !await attempt([one]))
          missing.push(one[0]);
      }
    }
    const again = missing.length > 0;
    return { words: again ? missingWords(missing, this.isOpen, fault) : '', again };
  }

  /* `generation`: what it was when the track was asked for. */
  #take(track, generation, { isScreen = false } = {}) {
    const slot = isScreen ? 'screen' : track.kind;
    if (generation[slot] !== this.#generation[slot]) {
      track.stop();
      return;
    }
    if (isScreen) {
      this.#dropScreen();
      this.#screen = track;
      track.onended = () => this.stopScreen();
    } else {
      const { kind } = track;
      this.#release(kind);
      this.#devices[kind] = track;
      track.enabled = !this.#off[kind];
      /* Pulled out, or taken away by the browser. */
      track.onended = () => {
        this.#devices[kind] = null;
        this.#on.changed(kind);
        this.#on.lost(lostWords(kind));
      };
    }
    this.#on.changed(track.kind);
  }

  /** What is to be opened from now on; another one that the browser is still asked
   * for is not wanted any more. */
  want(kind, device) {
    const before = this.choice[kind];
    if (before === device)
      return;
    this.choice[kind] = device;
    this.#generation[before === SCREEN ? 'screen' : kind]++;
  }

  /** Another device in the call; throws if it cannot be had. */
  async choose(kind, device) {
    this.want(kind, device);
    if (device === NONE) {
      this.#release(kind);
      this.#on.changed(kind);
    } else if (device === SCREEN) {
      await this.shareScreen();
    } else {
      const generation = { ...this.#generation };
      const [track] = await openDevices([[kind, device]]);
      this.#take(track, generation);
    }
  }

  /** Sends the screen in place of the camera; throws if that was refused. */
  async shareScreen() {
    const generation = { ...this.#generation };
    this.#take(await openScreen(), generation, { isScreen: true });
  }

  #dropScreen() {
    if (!this.#screen)
      return;
    this.#screen.onended = null;
    this.#screen.stop();
    this.#screen = null;
  }

  stopScreen() {
    if (!this.#screen)
      return;
    this.#dropScreen();
    this.#on.changed('video');
  }

  #release(kind) {
    const track = this.#devices[kind];
    if (track) {
      track.onended = null;
      track.stop();
    }
    this.#devices[kind] = null;
  }

  /** Everything off, and every light with it. */
  close() {
    Object.keys(this.#generation).forEach((slot) => this.#generation[slot]++);
    const had = this.tracks().map(({ kind }) => kind);
    this.stopScreen();
    ['audio', 'video'].forEach((kind) => this.#release(kind));
    had.forEach((kind) => this.#on.changed(kind));
  }
}

/** The devices of a kind that the browser tells of: [{id, name}]. */
export async function listDevices(kind) {
  if (!mayHaveDevices())
    return [];
  const name = kind === 'audio' ? 'Microphone' : 'Camera';
  return (await navigator.mediaDevices.enumerateDevices())
    .filter((device) => device.kind === INPUTS[kind] && device.deviceId !== '')
    .map(({ deviceId, label }, index) => ({ id: deviceId, name: label || `${name} ${index + 1}` }));
}
