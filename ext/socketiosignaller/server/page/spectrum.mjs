/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The voice graph: an AnalyserNode of 256 points on a sound, drawn as bars on a
 * canvas, one for each of its 128 frequencies. Also tells who speaks.
 */

import { nextTouch } from './touch.mjs';

const FFT_SIZE = 256;
const FRAME = 33; /* ms between two pictures */
const FILL_TIME = 1000; /* ms after which the colours are looked up again */
const SPEAKING = 28; /* mean of the lower bins, 0 to 255, above which one speaks */
const VOICE_BINS = 24; /* up to 4.5 kHz of 48 */

let context = null;
const listening = new Set(); /* of Spectrum */

/** The page's one context, once the browser allows it. Without a touch of the page
 * it keeps one waiting, and says so in its console. */
export async function getContext() {
  if (navigator.userActivation?.hasBeenActive === false)
    await nextTouch();
  context ??= new AudioContext();
  if (context.state === 'suspended')
    context.resume().catch(() => {});
  return context;
}

export class Spectrum {
  #canvas;
  #analyser = null;
  #source = null;
  #bins = new Uint8Array(FFT_SIZE / 2);
  #track = null;
  #request = 0; /* of the next picture */
  #last = 0;
  #fill = null;
  #filled = 0; /* when that was made */
  #speaking = false;
  #onSpeaking;

  /** @param {(speaks: boolean) => void} onSpeaking */
  constructor(canvas, onSpeaking = () => {}) {
    this.#canvas = canvas;
    this.#onSpeaking = onSpeaking;
  }

  /** Listens to an audio track; to another one than before, if need be. */
  async listen(track) {
    this.#track = track;
    listening.add(this);
    const audio = await getContext();
    if (this.#track !== track)
      return;
    this.#source?.disconnect();
    if (!this.#analyser) {
      this.#analyser = audio.createAnalyser();
      this.#analyser.fftSize = FFT_SIZE;
      this.#request = requestAnimationFrame((now) => this.#frame(now));
    }
    this.#source = audio.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }

  #frame(now) {
    this.#request = requestAnimationFrame((next) => this.#frame(next));
    if (now - this.#last < FRAME)
      return;
    this.#last = now;
    this.#analyser.getByteFrequencyData(this.#bins);
    this.#judge();
    if (this.#canvas.checkVisibility?.({ visibilityProperty: true }) ?? true)
      this.#draw(now);
  }

  #judge() {
    const sum = this.#bins.subarray(1, 1 + VOICE_BINS).reduce((total, bin) => total + bin, 0);
    const speaking = sum / VOICE_BINS > SPEAKING;
    if (speaking !== this.#speaking) {
      this.#speaking = speaking;
      this.#onSpeaking(speaking);
    }
  }

  /* The colours are the tile's, and change with its name. */
  #takeFill(pen, height) {
    const style = getComputedStyle(this.#canvas);
    const fill = pen.createLinearGradient(0, height, 0, 0);
    fill.addColorStop(0, style.getPropertyValue('--low').trim() || '#3f6fe0');
    fill.addColorStop(1, style.getPropertyValue('--high').trim() || '#9be7ff');
    this.#fill = fill;
  }

  #draw(now) {
    const canvas = this.#canvas;
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    const height = Math.round(canvas.clientHeight * devicePixelRatio);
    if (width === 0 || height === 0)
      return;
    const pen = canvas.getContext('2d');
    const resized = canvas.width !== width || canvas.height !== height;
    if (resized)
      Object.assign(canvas, { width, height });
    if (resized || now - this.#filled > FILL_TIME) {
      this.#takeFill(pen, height);
      this.#filled = now;
    }
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = this.#fill;
    const step = width / this.#bins.length;
    const thick = Math.max(1, step * 0.72);
    pen.beginPath();
    this.#bins.forEach((bin, index) => {
      const high = Math.max(thick, bin / 255 * height);
      pen.roundRect(index * step + (step - thick) / 2, height - high, thick, high, thick / 2);
    });
    pen.fill();
  }

  /** Until it listens again. A context keeps every source that it ever had: it goes
   * with the last one who listens. */
  stop() {
    this.#track = null;
    cancelAnimationFrame(this.#request);
    this.#source?.disconnect();
    this.#analyser?.disconnect();
    this.#source = this.#analyser = null;
    if (this.#speaking) {
      this.#speaking = false;
      this.#onSpeaking(false);
    }
    if (!listening.delete(this) || listening.size > 0)
      return;
    context?.close().catch(() => {});
    context = null;
  }
}
