/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The STUN and TURN servers that the server hands out. A password of theirs holds
 * for an hour or so: the list is asked for anew while one is in the room.
 */

const MAX_AGE = 300000; /* ms; of a list that a call is made with */
const PATIENCE = 5000; /* ms that anybody waits for it */

export class IceServers {
  list = [];

  #ask;
  #now;
  #time = -Infinity; /* when the list was had */
  #asking = null;

  /**
   * @param {(signal: AbortSignal) => Promise<object[] | null>} ask - null: no answer
   * @param {() => number} now - in ms
   */
  constructor(ask, now = () => performance.now()) {
    this.#ask = ask;
    this.#now = now;
  }

  /** Has the list no older than some minutes, if that is to be had. */
  async refresh() {
    if (this.#now() - this.#time < MAX_AGE)
      return;
    this.#asking ??= this.#fetch();
    await this.#asking;
  }

  /* Without an answer the last list stays, and is asked for with the next call. */
  async #fetch() {
    try {
      const list = await this.#ask(AbortSignal.timeout(PATIENCE));
      if (Array.isArray(list)) {
        this.list = list;
        this.#time = this.#now();
      }
    } catch {
      /* It took too long, or there is none. */
    } finally {
      this.#asking = null;
    }
  }
}

/** Asks our server; one that has no list, or wants a token, has said no. */
export const askServer = (getToken) => async (signal) => {
  const token = getToken();
  const response = await fetch('/ice-servers',
    { signal, ...(token ? { headers: { Authorization: `Bearer ${token}` } } : {}) });
  const { iceServers } = response.ok ? await response.json() : {};
  return iceServers ?? null;
};

/** ms after which a list that is kept wants to be looked at again. */
export const REFRESH_EVERY = MAX_AGE;
