/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is said to the one who looks at the page, and what of a stranger's text
 * may be shown. Everything here ends as text, never as HTML.
 */

const MAX_NAME = 40; /* characters */
const MAX_ROOM = 128;
const MAX_REASON = 200;

/* Joiners hold an emoji together, and shape letters of scripts that join them; between
 * others they are nothing that is seen. */
const JOINS = '\\p{Extended_Pictographic}\\p{M}\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Mong}';
const UNSEEN = new RegExp(`(?<![${JOINS}\\p{Emoji_Modifier}])[\\u200c\\u200d]` +
  '|[\\u200c\\u200d](?![\\p{L}\\p{M}\\p{Extended_Pictographic}])' +
  '|[^\\P{C}\\u200c\\u200d]|[\\p{Zl}\\p{Zp}]', 'gu');

/** A string of a stranger, fit to be shown: one line, no control characters. */
export function cleanText(value, length) {
  if (typeof value !== 'string')
    return '';
  return Array.from(value.replace(UNSEEN, ' ').trim())
    .slice(0, length).join('');
}

export const cleanName = (value) => cleanText(value, MAX_NAME);
export const cleanRoom = (value) => cleanText(value, MAX_ROOM);
export const cleanReason = (value) => cleanText(value, MAX_REASON);

/** What is shown of a person in each state: words, and a mood for the colour. */
export const STATES = {
  here: ['in the room', 'calm'],
  ringing: ['is calling', 'warn'],
  calling: ['calling', 'warn'],
  waiting: ['waiting', 'warn'],
  silent: ['does not answer', 'bad'],
  connecting: ['connecting', 'warn'],
  connected: ['connected', 'good'],
  disconnected: ['interrupted', 'warn'],
  failed: ['no connection', 'bad'],
  ended: ['hung up', 'calm'],
};

export const SECURE_WORDS = 'To send, open this page over https or from localhost: elsewhere ' +
  'the browser gives no camera and no microphone.';

const DEVICE_WORDS = {
  NotAllowedError: (it) => `The browser was not allowed to use ${it}: allow ${it} beside the ` +
    'address, then try again.',
  NotFoundError: () => 'There is none on this machine.',
  OverconstrainedError: () => 'It is not there any more.',
  NotReadableError: (it) => `Another program seems to be using ${it}.`,
  AbortError: (it) => `Another program seems to be using ${it}.`,
};

const NAMES = { audio: 'microphone', video: 'camera' };

/** Why a device could not be had, or several. */
export const deviceWords = (error, it = 'it') =>
  DEVICE_WORDS[error.name]?.(it) ?? cleanReason(String(error.message));

/**
 * What it means that these kinds are missing.
 * @param {string[]} missing - kinds that were wanted
 * @param {boolean} some - whether another one is there
 */
export function missingWords(missing, some, error) {
  const names = missing.map((kind) => NAMES[kind]).join(' and ');
  const why = deviceWords(error, missing.length < 2 ? 'it' : 'them');
  return some ? `You are in without a ${names}. ${why}`
    : `You see and hear the others, without a ${names} of your own. ${why}`;
}

/** What it means that a device of that kind is gone in the middle. */
export const lostWords = (kind) => kind === 'video'
  ? 'Your camera is gone: it was pulled out, or the browser took it away. The others do not see you.'
  : 'Your microphone is gone: it was pulled out, or the browser took it away. The others do not hear you.';

/** What is said when a person's state becomes another one; '' where that is no news. */
export function changeWords(name, before, now) {
  switch (now) {
    case 'ended': return before === 'ringing' ? `${name} is not calling any more.` : `${name} hung up.`;
    case 'silent': return `${name} does not answer.`;
    case 'disconnected': return `The connection to ${name} is interrupted.`;
    case 'failed': return `There is no connection to ${name}.`;
    case 'connected':
      return ['disconnected', 'failed'].includes(before) ? `The connection to ${name} is back.` : '';
    default: return '';
  }
}

/** The state of the room in a sentence. */
export function roomWords(state, { others = 0, called = 0, byHand = false, detail = '' } = {}) {
  switch (state) {
    case 'asking': return 'Asking for camera and microphone…';
    case 'connecting': return 'Connecting to the room…';
    case 'lost': return 'Lost the server, trying again. The call goes on meanwhile.';
    case 'unreachable':
      return `The server does not answer, trying again.${called > 0 ? ' The call goes on meanwhile.' : ''}`;
    case 'thrown-out':
      return `The server ended the connection (${cleanReason(detail)}). ${called > 0
        ? 'The call goes on while it can; join again to be found.' : 'Join again to be found.'}`;
    case 'refused':
      if (/\btoken\b/i.test(detail))
        return 'The server refused: a token is needed, which the whole invitation link has in it.';
      return `The server refused: ${cleanReason(detail) || 'no reason given'}`;
    case 'kept-out':
      return `You were not let into the room: ${cleanReason(detail) || 'no reason given'}`;
    case 'token': return 'The link with a token is here now: press Join.';
    case 'left': return 'You left the room.';
    case 'inside': {
      if (others === 0)
        return 'In the room. Nobody else is here yet.';
      const who = `In the room with ${others} other${others === 1 ? '' : 's'}.`;
      return called === 0 && byHand ? `${who} Nobody is called yet.` : who;
    }
    default: return 'You are not in the room yet.';
  }
}
