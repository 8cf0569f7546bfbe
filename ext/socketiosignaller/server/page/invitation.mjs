/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page's address says what to do:
 *
 *   ?room=lobby&dialect=mesh&name=Ada&autojoin=1#token=...
 *
 * and an invitation is the same without the person. A token stands behind "#",
 * because what is there is sent to no server and stands in no log.
 */

import { cleanName } from './words.mjs';

/** Bytes of a room's name that a server takes. */
export const MAX_ROOM = 128;

export const DEFAULT_ROOM = 'lobby';
export const DEFAULT_DIALECT = 'mesh';

/** What an address says; pure. */
export function readAddress({ search, hash }) {
  const query = new URLSearchParams(search);
  return {
    /* As it is: another name would be another room. */
    room: query.get('room') || DEFAULT_ROOM,
    dialect: query.get('dialect') || DEFAULT_DIALECT,
    name: cleanName(query.get('name')),
    autojoin: query.get('autojoin') === '1',
    token: new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '',
  };
}

/** Whether a server takes that room; pure. */
export const isRoom = (room) => new TextEncoder().encode(room).length <= MAX_ROOM;

/** The address that others are sent; pure. */
export function invitationTo(origin, { room, dialect, token }) {
  const url = new URL('/', origin);
  url.searchParams.set('room', room);
  if (dialect !== DEFAULT_DIALECT)
    url.searchParams.set('dialect', dialect);
  if (token)
    url.hash = new URLSearchParams({ token });
  return url.href;
}

/**
 * Into the clipboard; over plain http only the old way is left.
 * @param {HTMLInputElement} field - which shows the text
 * @returns {Promise<boolean>}
 */
export async function copyText(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const hidden = field.closest('[hidden]');
    const before = document.activeElement;
    hidden?.removeAttribute('hidden');
    field.select();
    const copied = document.execCommand('copy');
    hidden?.setAttribute('hidden', '');
    before?.focus?.();
    return copied;
  }
}
