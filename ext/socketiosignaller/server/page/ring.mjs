/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sound of a call that comes in: two short tones, again and again. */

import { getContext } from './spectrum.mjs';

const TONES = [[0, 660], [0.2, 880]]; /* s from the beginning, Hz */
const LENGTH = 0.35; /* s of one */
const LOUD = 0.15; /* of 1 */
const EVERY = 2500; /* ms */

export class Ring {
  #timer = null;

  /** Rings from now on, or is silent. */
  set(rings) {
    if (rings === (this.#timer !== null))
      return;
    clearInterval(this.#timer);
    this.#timer = rings ? setInterval(() => this.#play(), EVERY) : null;
    if (rings)
      this.#play();
  }

  async #play() {
    const audio = await getContext();
    if (this.#timer === null) /* over before the browser allowed a sound */
      return;
    for (const [from, pitch] of TONES) {
      const start = audio.currentTime + from;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(LOUD, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + LENGTH);
    }
  }
}
