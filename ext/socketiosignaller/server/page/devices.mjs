/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lists in which camera, microphone and screen are chosen. */

import { element } from './dom.mjs';
import { ANY, listDevices, mayHaveDevices, mayShareScreen, NONE, SCREEN } from './media.mjs';

const WORDS = {
  audio: { any: 'Default microphone', none: 'No microphone' },
  video: { any: 'Default camera', none: 'No camera, voice only' },
};

export class DeviceList {
  #select;
  #kind;

  /** @param {{screen?: boolean}} settings - whether the screen is among them */
  constructor(select, kind, { screen = false } = {}) {
    this.#select = select;
    this.#kind = kind;
    this.screen = screen && mayShareScreen();
    this.#fill([]);
    select.disabled = !mayHaveDevices();
  }

  get value() { return this.#select.value; }

  /* One that is not in the list is the browser's own choice. */
  set value(value) {
    this.#select.value = [...this.#select.options].some((option) => option.value === value) ? value : ANY;
  }

  #fill(devices) {
    const words = WORDS[this.#kind];
    const option = (value, text) => element('option', { value, textContent: text });
    const before = this.#select.value;
    const named = devices.filter(({ id }) => id !== 'default');
    this.#select.replaceChildren(
      option(ANY, words.any),
      ...named.map(({ id, name }) => option(id, name)),
      ...(this.screen ? [option(SCREEN, 'My screen, in place of a camera')] : []),
      option(NONE, words.none));
    this.value = before;
  }

  /** Their names are told once the browser has allowed them. */
  async refresh() {
    try {
      this.#fill(await listDevices(this.#kind));
    } catch (error) {
      console.warn('devices:', error);
    }
  }
}
