/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The door: a name, the devices, how one looks. */

import { DeviceList } from './devices.mjs';
import { $ } from './dom.mjs';
import { mayHaveDevices, NONE, SCREEN } from './media.mjs';
import { Spectrum } from './spectrum.mjs';
import { cleanName, deviceWords, SECURE_WORDS } from './words.mjs';

export class Entry {
  #media;
  #lists;
  #spectrum = null;
  #on;

  /**
   * @param {{join: (name: string) => void, open: () => Promise<void>,
   *   notice: (words: string) => void}} on
   */
  constructor(media, on) {
    this.#media = media;
    this.#on = on;
    this.#lists = {
      audio: new DeviceList($('entry-microphone'), 'audio'),
      video: new DeviceList($('entry-camera'), 'video', { screen: true }),
    };
    $('entry').addEventListener('submit', (event) => {
      event.preventDefault();
      on.join(this.name);
    });
    $('preview').addEventListener('click', () => this.check());
    for (const [kind, id] of [['audio', 'entry-microphone'], ['video', 'entry-camera']]) {
      $(id).addEventListener('change', () => {
        const isOpen = media.isOpen;
        media.want(kind, $(id).value);
        /* What is open already follows; a screen is asked for when one joins. */
        if (isOpen && $(id).value !== SCREEN)
          this.#change(kind, $(id).value);
      });
    }
    if (!mayHaveDevices()) {
      $('looks').hidden = true;
      on.notice(`You can join to see and hear the others. ${SECURE_WORDS}`);
    }
    this.show();
  }

  get name() { return cleanName($('name').value) || 'Guest'; }

  async #change(kind, device) {
    this.#on.notice('');
    if (kind === 'video')
      this.#media.stopScreen();
    try {
      await this.#media.choose(kind, device);
    } catch (error) {
      this.#on.notice(`${kind === 'audio' ? 'No other microphone' : 'No other camera'}: ${deviceWords(error)}`);
    }
    this.show();
  }

  /** What is chosen in the lists becomes what is wanted. */
  choose() {
    for (const kind of ['audio', 'video'])
      this.#media.want(kind, mayHaveDevices() ? this.#lists[kind].value : NONE);
  }

  /** Opens what is chosen, and has it named. */
  async check() {
    $('preview').disabled = true;
    this.choose();
    await this.#on.open();
    await Promise.all(Object.values(this.#lists).map((list) => list.refresh()));
    $('preview').disabled = false;
    this.show();
  }

  /** How one looks and sounds now. */
  show() {
    const audio = this.#media.track('audio');
    const video = this.#media.track('video');
    $('looks').classList.toggle('open', video !== null);
    $('looks').classList.toggle('heard', audio !== null);
    $('own-picture').srcObject = video ? new MediaStream([video]) : null;
    $('preview').hidden = this.#media.isOpen || !mayHaveDevices();
    this.#spectrum?.stop();
    this.#spectrum = audio ? new Spectrum($('own-sound')) : null;
    this.#spectrum?.listen(audio).catch(() => {});
  }

  hide() {
    this.#spectrum?.stop();
    this.#spectrum = null;
    $('own-picture').srcObject = null;
  }

  setBusy(busy) {
    $('join').disabled = busy;
  }
}
