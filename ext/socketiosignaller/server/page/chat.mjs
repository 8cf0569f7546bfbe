/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What members say to each other beside picture and sound: over a data channel
 * "chat" of each call, so that it needs no server and no dialect. Each message is
 * a JSON object:
 *
 *   {"hello": 1, "name": "Ada"}             first: whoever does not say it has no chat
 *   {"id": "..."}                          who says it is known to the server by that now
 *   {"text": "..."}
 *   {"microphone": true, "camera": false, "screen": false}   what is on; "screen": the
 *                                          picture is one, and not of a camera
 *   {"bye": true}                           the call is over
 */

import { cleanName } from './words.mjs';

const LABEL = 'chat';
const MAX_MESSAGE = 10000; /* characters of JSON */
const MAX_ID = 128; /* characters */
const BURST = 30; /* messages at once, and ... */
const PER_SECOND = 5; /* ... in the long run; others are dropped */

export const MAX_TEXT = 2000; /* characters */

/** What is on of who did not tell. */
export const UNTOLD = Object.freeze({ microphone: true, camera: true, screen: false });

/** What somebody wrote: lines stay, other control characters do not. */
export function cleanMessage(value) {
  if (typeof value !== 'string')
    return '';
  return Array.from(value.replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\P{C}\n\t\u200d]/gu, '').trim()).slice(0, MAX_TEXT).join('');
}

/** One call's channel. */
export class ChatLine {
  #channel = null;
  #opened = false;
  #greeted = false;
  #credit = BURST;
  #last = performance.now();
  #greeting;
  #on;

  /**
   * @param {RTCPeerConnection} pc
   * @param {{greeting: () => object[],
   *   on: {ready(name), moved(id), text(text), media({microphone, camera, screen}), bye()}}} settings
   *   `greeting`: what is said first
   */
  constructor(pc, { greeting, on }) {
    this.#greeting = greeting;
    this.#on = on;
    pc.addEventListener('datachannel', ({ channel }) => {
      if (channel.label === LABEL)
        this.#use(channel);
    });
  }

  /** Makes the channel, where the other side does not. */
  open(pc) {
    if (this.#opened)
      return;
    this.#opened = true;
    this.#use(pc.createDataChannel(LABEL));
  }

  /** Whether the other side reads what is said here. */
  get isReady() { return this.#greeted && this.#channel.readyState === 'open'; }

  #use(channel) {
    const open = () => {
      this.#channel = channel;
      this.#greeting().forEach((message) => this.say(message));
    };
    channel.onmessage = ({ data }) => this.#hear(data);
    channel.onopen = open;
    if (channel.readyState === 'open')
      open();
  }

  say(message) {
    if (this.#channel?.readyState === 'open')
      this.#channel.send(JSON.stringify(message));
  }

  #hear(data) {
    const now = performance.now();
    this.#credit = Math.min(BURST, this.#credit + (now - this.#last) / 1000 * PER_SECOND);
    this.#last = now;
    if (this.#credit < 1 || typeof data !== 'string' || data.length > MAX_MESSAGE)
      return;
    this.#credit--;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return; /* of another application, perhaps */
    }
    if (message === null || typeof message !== 'object')
      return;
    if (!this.#greeted) {
      this.#greeted = true;
      this.#on.ready(cleanName(message.name));
    }
    if (message.bye === true)
      this.#on.bye();
    else if (typeof message.id === 'string' && message.id.length <= MAX_ID)
      this.#on.moved(message.id);
    else if (typeof message.camera === 'boolean')
      this.#on.media({
        microphone: message.microphone === true, camera: message.camera, screen: message.screen === true,
      });
    else if (cleanMessage(message.text) !== '')
      this.#on.text(cleanMessage(message.text));
  }
}
