/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was written, and the line in which one writes. */

import { element } from './dom.mjs';
import { cleanMessage } from './chat.mjs';

const MAX_SHOWN = 300;

const listed = (names) => names.length < 3 ? names.join(' and ')
  : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

export class ChatPanel {
  #log;
  #hint;
  #input;
  #onUnread;
  #last = null; /* who wrote last */

  /**
   * @param {{form, log, hint, input}} places - elements
   * @param {{send: (text) => void, unread: () => void}} on
   */
  constructor({ form, log, hint, input }, on) {
    this.#log = log;
    this.#hint = hint;
    this.#input = input;
    this.#onUnread = on.unread;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = cleanMessage(input.value);
      if (text === '')
        return;
      input.value = '';
      on.send(text);
    });
  }

  focus() {
    this.#input.focus();
  }

  show(name, text, { own = false } = {}) {
    const now = new Date();
    const message = element('li', { className: own ? 'message own' : 'message' });
    if (this.#last !== name) {
      message.append(element('p', { className: 'from' },
        element('span', { className: 'name', dir: 'auto' }, name), ' ',
        element('time', { dateTime: now.toISOString() },
          now.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }))));
    }
    message.append(element('p', { className: 'text', dir: 'auto' }, text));
    this.#last = name;
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 40;
    this.#log.append(message);
    while (this.#log.children.length > MAX_SHOWN)
      this.#log.firstElementChild.remove();
    if (own || atEnd)
      this.#log.scrollTop = this.#log.scrollHeight;
    if (!own)
      this.#onUnread();
  }

  /** Who is reached: names of those who read it, and of those who do not. */
  setReach(readers, others) {
    const words = readers.length + others.length === 0
      ? 'Messages go to those you are in a call with.'
      : others.length === 0 ? ''
        : `${listed(others)} ${others.length === 1 ? 'has' : 'have'} no chat.`;
    if (this.#hint.textContent !== words)
      this.#hint.textContent = words;
    this.#hint.hidden = words === '';
  }

  clear() {
    this.#log.replaceChildren();
    this.#last = null;
  }
}
