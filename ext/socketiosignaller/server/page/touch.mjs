/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The next touch of the page, click or key: what a browser waits with sound for. */

const EVENTS = ['pointerup', 'keydown'];

export const nextTouch = () => new Promise((resolve) => {
  const touched = () => {
    EVENTS.forEach((event) => removeEventListener(event, touched, true));
    resolve();
  };
  EVENTS.forEach((event) => addEventListener(event, touched, true));
});
