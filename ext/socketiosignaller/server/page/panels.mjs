/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * People and chat beside the call: both on a wide window, one of them over the
 * call on a narrow one.
 */

import { $ } from './dom.mjs';

const NARROW = matchMedia('(max-width: 52rem)');
const NAMES = ['people', 'chat'];

export class Panels {
  #open = new Set();
  #unread = 0;
  #onOpen;

  /** @param {(name: 'people' | 'chat') => void} onOpen - by hand */
  constructor(onOpen) {
    this.#onOpen = onOpen;
    for (const name of NAMES) {
      $(`toggle-${name}`).addEventListener('click', () => {
        this.set(name, !this.#open.has(name));
        if (this.#open.has(name))
          onOpen(name);
      });
    }
    for (const close of document.querySelectorAll('[data-closes]')) {
      close.addEventListener('click', () => this.#close(close.dataset.closes));
    }
    $('side').addEventListener('keydown', (event) => {
      if (event.key !== 'Escape')
        return;
      const name = $('chat-panel').contains(event.target) ? 'chat' : 'people';
      this.#close(name);
    });
    NARROW.addEventListener('change', () => this.reset());
    this.reset();
  }

  #close(name) {
    this.set(name, false);
    $(`toggle-${name}`).focus();
  }

  /** As one finds them: on a narrow window the call comes first. */
  reset() {
    NAMES.forEach((name) => this.set(name, !NARROW.matches));
  }

  set(name, open) {
    if (open && NARROW.matches)
      this.#open.clear();
    if (open)
      this.#open.add(name);
    else
      this.#open.delete(name);
    if (this.#open.has('chat'))
      this.#setUnread(0);
    for (const one of NAMES) {
      $(`toggle-${one}`).setAttribute('aria-expanded', String(this.#open.has(one)));
      $(`${one}-panel`).hidden = !this.#open.has(one);
    }
    $('side').classList.toggle('shut', this.#open.size === 0);
  }

  #setUnread(count) {
    this.#unread = count;
    $('unread').textContent = count > 0 ? `${count} new` : '';
    $('unread').hidden = count === 0;
  }

  /** A message came. */
  addUnread() {
    if (!this.#open.has('chat'))
      this.#setUnread(this.#unread + 1);
  }
}
