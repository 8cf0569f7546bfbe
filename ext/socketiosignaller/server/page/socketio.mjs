/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Socket.IO 5 client over the browser's WebSocket (Engine.IO 4): connect,
 * emit, event, acknowledgement, the server's ping and its deadline, disconnect
 * reasons and reconnection. No polling, no binary, the namespace "/" only.
 *
 * Unlike the official client an emit() while not connected is refused and not
 * kept: the ids in a signalling message mean nothing to the next connection.
 *
 * Local events (on): connect(), disconnect(reason, retryIn) and
 * connect_error(Error, retryIn), where retryIn is in milliseconds, or null if
 * the socket will not try again by itself. Any other name is the server's.
 */

const CONNECT = 0;
const DISCONNECT = 1;
const EVENT = 2;
const ACK = 3;
const CONNECT_ERROR = 4;
const BINARY_EVENT = 5;
const BINARY_ACK = 6;

const RESERVED = new Set(['connect', 'connect_error', 'disconnect',
  'disconnecting', 'newListener', 'removeListener']);

const MAX_MESSAGE = 1e6; /* characters; a Socket.IO server's own default */
const MAX_ATTACHMENTS = 10; /* as the official parser */
const MAX_EARLY_EVENTS = 256; /* events that overtake the CONNECT reply */
const MAX_PENDING_ACKS = 256;
const DAY = 24 * 3600 * 1000;

const DEFAULTS = {
  auth: null, /* object sent with CONNECT */
  timeout: 20000, /* ms from the first byte to "connected" */
  ackTimeout: 10000, /* ms */
  reconnection: true,
  reconnectionDelay: 1000, /* ms, doubled with each attempt */
  reconnectionDelayMax: 5000, /* ms */
  randomizationFactor: 0.5, /* part of the delay that is left to chance */
  stableAfter: 5000, /* ms of connection after which the delay starts anew */
  WebSocket: globalThis.WebSocket,
};

/**
 * The wait before attempt number `attempt` (0 = the first). Capped first and
 * jittered below the cap after, so that clients which lost one server do not
 * come back in step; the exponent is bounded, so it never overflows.
 */
export function backoffDelay(attempt, options = DEFAULTS, random = Math.random()) {
  const cap = Math.min(options.reconnectionDelayMax,
    options.reconnectionDelay * 2 ** Math.min(attempt, 31));
  return Math.round(cap * (1 - options.randomizationFactor * random));
}

/** {type, id, data} to the text of an Engine.IO message. */
export function encodePacket({ type, id, data }) {
  return `4${type}${id ?? ''}${data === undefined ? '' : JSON.stringify(data)}`;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dataFits(type, data) {
  switch (type) {
    case CONNECT: return data === undefined || isObject(data);
    case DISCONNECT: return data === undefined;
    case CONNECT_ERROR: return typeof data === 'string' || isObject(data);
    case EVENT:
    case BINARY_EVENT:
      return Array.isArray(data) &&
        (typeof data[0] === 'number' ||
          (typeof data[0] === 'string' && !RESERVED.has(data[0])));
    default: return Array.isArray(data);
  }
}

/**
 * The text after the Engine.IO "4" to {type, attachments, namespace, id, data}.
 * Throws on anything that is not a whole packet.
 */
export function decodePacket(text) {
  const match = /^([0-6])(?:(\d{1,2})-)?(?:(\/[^,]*)(?:,|$))?(\d{1,15}(?!\d))?/.exec(text);
  if (!match)
    throw new SyntaxError('not a Socket.IO packet');
  const type = Number(match[1]);
  const attachments = Number(match[2] ?? 0);
  const binary = type === BINARY_EVENT || type === BINARY_ACK;
  if (binary !== (match[2] !== undefined) || attachments > MAX_ATTACHMENTS ||
      (binary && attachments === 0))
    throw new SyntaxError('wrong number of attachments');
  const rest = text.slice(match[0].length);
  if (!/^(?:[[{"]|$)/.test(rest))
    throw new SyntaxError('the payload is not an array, an object or a string');
  const packet = {
    type,
    attachments,
    namespace: match[3] ?? '/',
    id: match[4] === undefined ? null : Number(match[4]),
    data: rest === '' ? undefined : JSON.parse(rest),
  };
  if (!dataFits(type, packet.data) ||
      ((type === ACK || type === BINARY_ACK) && packet.id === null))
    throw new SyntaxError('the payload does not fit the packet type');
  return packet;
}

function decodeHandshake(text) {
  const { sid, pingInterval, pingTimeout } = JSON.parse(text);
  const sane = (ms) => Number.isInteger(ms) && ms >= 1 && ms <= DAY;
  if (typeof sid !== 'string' || !sane(pingInterval) || !sane(pingTimeout))
    throw new SyntaxError('not an Engine.IO handshake');
  return { deadline: pingInterval + pingTimeout };
}

export class Socket {
  #url;
  #options;
  #listeners = new Map();
  #ws = null;
  #state = 'closed'; /* closed, opening, connecting, connected, waiting */
  #id = null;
  #secret = null; /* that the server told us last */
  #timer = null; /* connect timeout, then the ping deadline, or the backoff */
  #stableTimer = null;
  #deadline = 0;
  #attempt = 0;
  #acks = new Map();
  #nextAck = 0;
  #early = [];
  #attachments = 0; /* binary messages still to be skipped */

  /** `url`: http(s) or ws(s); a path of "/" becomes "/socket.io/". */
  constructor(url, options = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#url = new URL(url);
    this.#url.protocol = this.#url.protocol.replace('http', 'ws');
    if (this.#url.pathname === '/')
      this.#url.pathname = '/socket.io/';
    this.#url.searchParams.set('EIO', '4');
    this.#url.searchParams.set('transport', 'websocket');
  }

  get connected() { return this.#state === 'connected'; }

  /** The id that the server gave, or null. */
  get id() { return this.#id; }

  on(event, listener) {
    const known = this.#listeners.get(event) ?? [];
    this.#listeners.set(event, [...known, listener]);
    return this;
  }

  connect() {
    if (this.#state === 'closed' || this.#state === 'waiting') {
      this.#attempt = 0;
      this.#open();
    }
    return this;
  }

  /** Leaves for good; "disconnect" tells if it was connected. */
  disconnect() {
    if (this.#state === 'closed')
      return;
    const was = this.#state;
    this.#secret = null;
    if (was === 'connected')
      this.#send(encodePacket({ type: DISCONNECT }));
    this.#drop('io client disconnect');
    if (was === 'connected')
      this.#tell('disconnect', 'io client disconnect', null);
  }

  /** False if not connected: nothing was sent then, and nothing is kept. */
  emit(event, ...args) {
    if (RESERVED.has(event))
      throw new TypeError(`"${event}" is a reserved name`);
    if (!this.connected)
      return false;
    this.#send(encodePacket({ type: EVENT, data: [event, ...args] }));
    return true;
  }

  /** Resolves with the arguments of the server's acknowledgement. */
  request(event, ...args) {
    if (RESERVED.has(event))
      return Promise.reject(new TypeError(`"${event}" is a reserved name`));
    if (!this.connected || this.#acks.size >= MAX_PENDING_ACKS)
      return Promise.reject(new Error('not connected'));
    const id = this.#nextAck++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#acks.delete(id);
        reject(new Error('the operation has timed out'));
      }, this.#options.ackTimeout);
      this.#acks.set(id, { resolve, reject, timer });
      this.#send(encodePacket({ type: EVENT, id, data: [event, ...args] }));
    });
  }

  #tell(event, ...args) {
    for (const listener of this.#listeners.get(event) ?? []) {
      /* A listener's fault is its own, it must not end the connection. */
      try {
        listener(...args);
      } catch (error) {
        console.error(error);
      }
    }
  }

  #send(text) {
    if (this.#ws?.readyState === 1)
      this.#ws.send(text);
  }

  #arm(ms, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, ms);
  }

  #open() {
    this.#state = 'opening';
    this.#arm(this.#options.timeout, () => this.#fail('timeout'));
    let ws;
    try {
      ws = new this.#options.WebSocket(this.#url.href);
    } catch (error) {
      this.#fail('transport error');
      return;
    }
    ws.binaryType = 'arraybuffer';
    /* A socket that was given up may still speak: only the current one counts. */
    const current = (action) => (event) => {
      if (this.#ws === ws)
        action(event);
    };
    ws.onmessage = current((event) => this.#receive(event.data));
    ws.onclose = current(() => this.#fail('transport close'));
    ws.onerror = current(() => this.#fail('transport error'));
    this.#ws = ws;
  }

  /* Back to `closed`, with nothing left running. */
  #drop(reason) {
    const ws = this.#ws;
    this.#ws = null;
    this.#state = 'closed';
    this.#id = null;
    this.#early = [];
    this.#attachments = 0;
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    for (const { reject, timer } of this.#acks.values()) {
      clearTimeout(timer);
      reject(new Error(reason));
    }
    this.#acks.clear();
    ws?.close();
  }

  /* The connection ended and not by our wish. */
  #fail(reason, { error = new Error(reason), retry = true } = {}) {
    const was = this.#state;
    this.#drop(reason);
    let delay = null;
    if (retry && this.#options.reconnection) {
      delay = backoffDelay(this.#attempt++, this.#options);
      this.#state = 'waiting';
      this.#arm(delay, () => this.#open());
    }
    if (was === 'connected')
      this.#tell('disconnect', reason, delay);
    else
      this.#tell('connect_error', error, delay);
  }

  #receive(message) {
    try {
      if (typeof message !== 'string')
        this.#skipAttachment();
      else if (message.length > MAX_MESSAGE)
        throw new RangeError('message too long');
      else if (this.#attachments > 0)
        throw new SyntaxError('text among the attachments');
      else
        this.#receiveText(message);
    } catch (error) {
      this.#fail('parse error', { error });
    }
  }

  #skipAttachment() {
    if (this.#attachments === 0)
      throw new SyntaxError('unexpected binary message');
    this.#attachments--;
  }

  #receiveText(message) {
    const body = message.slice(1);
    const kind = message[0];
    if (this.#state === 'opening') {
      if (kind !== '0')
        throw new SyntaxError('no handshake');
      this.#deadline = decodeHandshake(body).deadline;
      this.#state = 'connecting';
      this.#send(encodePacket({ type: CONNECT, data: this.#proof() }));
      return;
    }
    switch (kind) {
      case '2':
        this.#send('3' + body);
        if (this.connected)
          this.#armDeadline();
        break;
      case '4': this.#receivePacket(decodePacket(body)); break;
      case '1': this.#fail('transport close'); break;
      case '6': break;
      default: throw new SyntaxError('unknown Engine.IO packet');
    }
  }

  /* By the secret the server knows who comes back, before it knows that we were gone. */
  #proof() {
    const { auth } = this.#options;
    return this.#secret === null ? auth ?? undefined : { ...auth, pid: this.#secret };
  }

  /* Only a ping re-arms it: the server sends one each pingInterval. */
  #armDeadline() {
    this.#arm(this.#deadline, () => this.#fail('ping timeout'));
  }

  #receivePacket(packet) {
    this.#attachments = packet.attachments;
    if (packet.namespace !== '/')
      return;
    switch (packet.type) {
      case CONNECT: this.#becomeConnected(packet.data); break;
      case DISCONNECT:
        /* The server threw us out: coming back by itself would be rude. */
        this.#fail('io server disconnect', { retry: false });
        break;
      case CONNECT_ERROR: {
        const text = typeof packet.data === 'string' ? packet.data : packet.data.message;
        this.#fail('connect error', { error: new Error(String(text)), retry: false });
        break;
      }
      case EVENT:
        if (this.connected)
          this.#deliver(packet);
        else if (this.#early.length < MAX_EARLY_EVENTS)
          this.#early.push(packet);
        else
          throw new RangeError('too many events before CONNECT');
        break;
      case ACK: this.#resolveAck(packet); break;
      default: break; /* binary packets are for others */
    }
  }

  #becomeConnected(data) {
    if (this.connected)
      return;
    if (typeof data?.sid !== 'string')
      throw new SyntaxError('CONNECT without an id');
    this.#id = data.sid;
    this.#secret = typeof data.pid === 'string' ? data.pid : null;
    this.#state = 'connected';
    this.#armDeadline();
    this.#stableTimer = setTimeout(() => { this.#attempt = 0; }, this.#options.stableAfter);
    const early = this.#early;
    this.#early = [];
    const ws = this.#ws;
    for (const packet of early) {
      this.#deliver(packet);
      /* A listener may have left. */
      if (this.#ws !== ws)
        return;
    }
    this.#tell('connect');
  }

  #deliver({ id, data }) {
    const [event, ...args] = data;
    if (id !== null) {
      const ws = this.#ws;
      let answered = false;
      args.push((...answer) => {
        /* Once, and only to the connection that asked. */
        if (!answered && this.#ws === ws)
          this.#send(encodePacket({ type: ACK, id, data: answer }));
        answered = true;
      });
    }
    this.#tell(String(event), ...args);
  }

  #resolveAck({ id, data }) {
    const pending = this.#acks.get(id);
    if (!pending)
      return;
    this.#acks.delete(id);
    clearTimeout(pending.timer);
    pending.resolve(data);
  }
}
