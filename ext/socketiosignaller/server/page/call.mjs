/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Joins a room in the mesh dialect: one RTCPeerConnection per member.
 *
 *   out  join {channel, userdata: {name}}   part "channel"
 *        relaySessionDescription {peer_id, session_description}
 *        relayICECandidate {peer_id, ice_candidate: {sdpMLineIndex, candidate}}
 *   in   addPeer {peer_id, should_create_offer, userdata?}   removePeer {peer_id}
 *        sessionDescription {peer_id, session_description}
 *        iceCandidate {peer_id, ice_candidate}   refused {reason}
 *
 * The page's address says what to do: ?room=lobby&name=Ada, and &autojoin=1 to
 * join without a press of the button.
 *
 * Peer holds one connection and knows nothing of the page, Tile draws one
 * member and knows nothing of WebRTC, Call brings them together.
 */

import { Socket } from './socketio.mjs';

const MAX_PEERS = 32; /* a mesh is too much for the machine long before */
const MAX_CANDIDATES = 64; /* kept per peer until its description is there */
const MAX_NAME = 40; /* characters */
const MAX_REASON = 200;
const ANSWER_TIMEOUT = 30000; /* ms until a silent peer is called silent */

const $ = (id) => document.getElementById(id);

/** A string of a stranger, fit to be shown: one line, no control characters. */
function cleanText(value, length) {
  if (typeof value !== 'string')
    return '';
  return Array.from(value.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').trim())
    .slice(0, length).join('');
}

const cleanName = (value) => cleanText(value, MAX_NAME);

/* ---- Peer ---------------------------------------------------------------- */

/**
 * One RTCPeerConnection. Its work is done one step at a time in the order in
 * which it came, so a candidate never overtakes its description and a local
 * offer is never half made when a remote one is looked at.
 *
 * Of two offers that cross, the one of the member that came later counts: it is
 * impolite, the one that was there first takes its own offer back.
 */
class Peer {
  #pc = new RTCPeerConnection();
  #offerer;
  #mayOffer;
  #ignoring = false; /* the last offer lost: its candidates are lost too */
  #candidates = [];
  #work = Promise.resolve();
  #answerTimer;
  #on;

  /** on: {description(d), candidate(c), track(track), state(word)} */
  constructor({ offerer, stream, on }) {
    this.#offerer = offerer;
    this.#mayOffer = offerer;
    this.#on = on;
    const pc = this.#pc;
    pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate)
        on.candidate({ sdpMLineIndex: candidate.sdpMLineIndex, candidate: candidate.candidate });
    };
    pc.ontrack = ({ track }) => on.track(track);
    pc.onnegotiationneeded = () => this.#next(() => this.#offer());
    pc.onconnectionstatechange = () => this.#stateChanged();
    this.#addMedia(stream);
    this.#answerTimer = setTimeout(() => {
      if (!pc.remoteDescription)
        on.state('silent');
    }, ANSWER_TIMEOUT);
    on.state('new');
  }

  #addMedia(stream) {
    for (const kind of ['audio', 'video']) {
      const track = stream?.getTracks().find((candidate) => candidate.kind === kind);
      if (track)
        this.#pc.addTrack(track, stream);
      else if (this.#offerer)
        this.#pc.addTransceiver(kind, { direction: 'recvonly' });
    }
  }

  #next(step) {
    this.#work = this.#work.then(step).catch((error) => {
      if (this.#pc.signalingState !== 'closed')
        console.warn('negotiation:', error);
    });
  }

  /* Also a later one: a track more, or new ICE credentials. */
  async #offer() {
    if (!this.#mayOffer || this.#pc.signalingState !== 'stable')
      return;
    await this.#pc.setLocalDescription();
    this.#on.description(this.#pc.localDescription);
  }

  async #describe(description) {
    const collision = description.type === 'offer' && this.#pc.signalingState !== 'stable';
    this.#ignoring = collision && this.#offerer;
    if (this.#ignoring)
      return;
    await this.#pc.setRemoteDescription(description);
    this.#mayOffer = true;
    for (const candidate of this.#candidates.splice(0))
      await this.#addCandidate(candidate);
    if (description.type === 'offer') {
      await this.#pc.setLocalDescription();
      this.#on.description(this.#pc.localDescription);
    }
  }

  async #addCandidate(candidate) {
    if (!this.#pc.remoteDescription) {
      if (this.#candidates.length < MAX_CANDIDATES)
        this.#candidates.push(candidate);
      return;
    }
    try {
      await this.#pc.addIceCandidate(candidate);
    } catch (error) {
      /* One bad candidate of many; the others may do. */
      if (!this.#ignoring)
        console.warn('candidate:', error);
    }
  }

  #stateChanged() {
    const state = this.#pc.connectionState;
    this.#on.state(state);
    if (state === 'failed' && this.#offerer)
      this.#pc.restartIce();
  }

  receiveDescription(description) {
    if (['offer', 'answer'].includes(description?.type) && typeof description.sdp === 'string') {
      const { type, sdp } = description;
      this.#next(() => this.#describe({ type, sdp }));
    }
  }

  receiveCandidate(candidate) {
    if (typeof candidate?.candidate !== 'string' || candidate.candidate === '')
      return;
    const { sdpMid = null, sdpMLineIndex = sdpMid === null ? 0 : null } = candidate;
    this.#next(() =>
      this.#addCandidate({ candidate: candidate.candidate, sdpMid, sdpMLineIndex }));
  }

  close() {
    clearTimeout(this.#answerTimer);
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }
}

/* ---- Tile ---------------------------------------------------------------- */

const STATES = {
  new: ['waiting', 'warn'],
  silent: ['does not answer', 'bad'],
  connecting: ['connecting', 'warn'],
  connected: ['connected', 'good'],
  disconnected: ['interrupted', 'warn'],
  failed: ['no connection', 'bad'],
  closed: ['left', 'bad'],
};

/** One member in the grid: picture or initial, name, state in words. */
class Tile {
  #video = document.createElement('video');
  #name = document.createElement('span');
  #state = document.createElement('span');
  #initial = document.createElement('div');
  #stream = new MediaStream();

  constructor({ name, self = false, peerId = null, grid }) {
    this.element = document.createElement('li');
    this.element.className = self ? 'tile self no-picture' : 'tile no-picture';
    if (peerId !== null)
      this.#video.dataset.peer = peerId;
    this.#video.autoplay = true;
    this.#video.playsInline = true;
    this.#video.muted = self;
    this.#video.srcObject = this.#stream;
    this.#initial.className = 'initial';
    this.#initial.setAttribute('aria-hidden', 'true');
    this.#initial.textContent = Array.from(name)[0].toUpperCase();
    this.#name.className = 'name';
    this.#name.dir = 'auto';
    this.#name.textContent = name;
    this.#state.className = 'state';
    const label = document.createElement('p');
    label.className = 'label';
    label.append(this.#name, this.#state);
    this.element.append(this.#video, this.#initial, label);
    grid.append(this.element);
  }

  setState(text, mood) {
    this.#state.textContent = text;
    this.#state.className = `state ${mood}`;
    this.element.classList.toggle('dimmed', mood !== 'good');
  }

  showPicture(shown) {
    this.element.classList.toggle('no-picture', !shown);
  }

  addTrack(track) {
    this.#stream.addTrack(track);
    if (track.kind === 'video') {
      /* A later offer may bring a second one on which nothing ever comes. */
      const update = () => this.showPicture(this.#stream.getVideoTracks()
        .some((one) => !one.muted && one.readyState === 'live'));
      track.onmute = track.onunmute = track.onended = update;
      update();
    }
    /* Refused only where the browser waits for a touch of the page. */
    this.#video.play().catch(() => {});
  }

  remove() {
    this.#video.srcObject = null;
    this.element.remove();
  }
}

/* ---- Media --------------------------------------------------------------- */

const CONSTRAINTS = {
  audio: true,
  video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 30, max: 30 } },
};

const MEDIA_WORDS = {
  NotAllowedError: 'The browser was not allowed to use them.',
  NotFoundError: 'There is none on this machine.',
  NotReadableError: 'Another program seems to be using them.',
};

/**
 * What there is and what is allowed of the wanted kinds.
 * Returns {stream or null, words: what is missing and why, or ''}.
 */
async function openMedia(wanted) {
  if (wanted.length === 0)
    return { stream: null, words: 'You chose to send nothing: you see and hear the others.' };
  if (!navigator.mediaDevices)
    return {
      stream: null,
      words: 'You see and hear the others. To send, open this page over https or from ' +
        'localhost: elsewhere the browser gives no camera and microphone.',
    };
  const open = (kinds) => navigator.mediaDevices.getUserMedia(
    Object.fromEntries(kinds.map((kind) => [kind, CONSTRAINTS[kind]])));
  const name = { audio: 'microphone', video: 'camera' };
  try {
    return { stream: await open(wanted), words: '' };
  } catch (error) {
    const why = MEDIA_WORDS[error.name] ?? String(error.message);
    /* Who said no to both is not asked again for each. */
    if (wanted.length > 1 && error.name !== 'NotAllowedError') {
      for (const kind of wanted) {
        try {
          const stream = await open([kind]);
          const missing = wanted.find((other) => other !== kind);
          return { stream, words: `You are in without a ${name[missing]}. ${why}` };
        } catch {
          /* The next kind, then. */
        }
      }
    }
    return {
      stream: null,
      words: `You see and hear the others, without a ${wanted.map((k) => name[k]).join(' and ')} ` +
        `of your own. ${why}`,
    };
  }
}

/* ---- Call ---------------------------------------------------------------- */

class Call {
  #room;
  #name;
  #stream;
  #socket;
  #self;
  #members = new Map(); /* peer id -> {peer, tile} */
  #onStatus;

  constructor({ room, name, stream, onStatus }) {
    this.#room = room;
    this.#name = name;
    this.#stream = stream;
    this.#onStatus = onStatus;
    this.#self = new Tile({ name: `${name} (you)`, self: true, grid: $('grid') });
    stream?.getTracks().forEach((track) => this.#self.addTrack(track));
    this.#showSelf();

    this.#socket = new Socket(location.origin)
      .on('connect', () => this.#join())
      .on('disconnect', (reason, retryIn) => this.#lost(reason, retryIn))
      .on('connect_error', (error, retryIn) => this.#refused(error, retryIn))
      .on('addPeer', (config) => this.#addPeer(config))
      .on('refused', (config) => this.#notLetIn(config?.reason))
      .on('removePeer', (config) => this.#removePeer(config?.peer_id))
      .on('sessionDescription', (config) =>
        this.#members.get(config?.peer_id)?.peer.receiveDescription(config.session_description))
      .on('iceCandidate', (config) =>
        this.#members.get(config?.peer_id)?.peer.receiveCandidate(config.ice_candidate));
    onStatus('Connecting to the room…');
    this.#socket.connect();
  }

  /* Also after a lost connection: the server knows us under a new id then, and
   * introduces everybody anew. */
  #join() {
    this.#clear();
    this.#socket.emit('join', { channel: this.#room, userdata: { name: this.#name } });
    this.#showCount();
  }

  #lost(reason, retryIn) {
    this.#onStatus(retryIn === null
      ? `The server ended the connection (${reason}). The call goes on while it can; join again to be found.`
      : 'Lost the server, trying again. The call goes on meanwhile.');
  }

  #refused(error, retryIn) {
    this.#onStatus(retryIn === null
      ? `The server refused: ${cleanText(error.message, MAX_REASON)}`
      : 'The server does not answer, trying again.');
  }

  #notLetIn(reason) {
    this.#onStatus(`You were not let into the room: ${cleanText(reason, MAX_REASON) || 'no reason given'}`);
  }

  #showCount() {
    const others = this.#members.size;
    this.#onStatus(others === 0 ? 'In the room. Nobody else is here yet.'
      : `In the room with ${others} other${others === 1 ? '' : 's'}.`);
  }

  #addPeer(config) {
    const id = config?.peer_id;
    if (typeof id !== 'string' || (this.#members.size >= MAX_PEERS && !this.#members.has(id)))
      return;
    this.#removePeer(id);
    const name = cleanName(config.userdata?.name) || `Guest ${cleanName(id).slice(0, 4)}`;
    const tile = new Tile({ name, peerId: id, grid: $('grid') });
    const peer = new Peer({
      offerer: config.should_create_offer === true,
      stream: this.#stream,
      on: {
        description: ({ type, sdp }) => this.#socket.emit('relaySessionDescription',
          { peer_id: id, session_description: { type, sdp } }),
        candidate: (candidate) => this.#socket.emit('relayICECandidate',
          { peer_id: id, ice_candidate: candidate }),
        track: (track) => tile.addTrack(track),
        state: (state) => tile.setState(...STATES[state]),
      },
    });
    this.#members.set(id, { peer, tile });
    this.#showCount();
  }

  #removePeer(id) {
    const member = this.#members.get(id);
    if (!member)
      return;
    this.#members.delete(id);
    member.peer.close();
    member.tile.remove();
    this.#showCount();
  }

  #clear() {
    for (const id of [...this.#members.keys()])
      this.#removePeer(id);
  }

  #tracks(kind) {
    return (this.#stream?.getTracks() ?? []).filter((track) => track.kind === kind);
  }

  #showSelf() {
    const camera = this.#tracks('video').some((track) => track.enabled);
    const microphone = this.#tracks('audio').some((track) => track.enabled);
    this.#self.showPicture(camera);
    this.#self.setState(this.#stream === null ? 'only watching'
      : microphone ? 'microphone on' : 'microphone off', microphone ? 'good' : 'warn');
  }

  has(kind) {
    return this.#tracks(kind).length > 0;
  }

  /** Sends silence or black instead, without a word to the others. */
  setEnabled(kind, enabled) {
    this.#tracks(kind).forEach((track) => { track.enabled = enabled; });
    this.#showSelf();
  }

  hangUp() {
    this.#socket.emit('part', this.#room);
    this.#socket.disconnect();
    this.#clear();
    this.#self.remove();
    this.#stream?.getTracks().forEach((track) => track.stop());
  }
}

/* ---- The page ------------------------------------------------------------ */

const address = new URLSearchParams(location.search);
const room = cleanName(address.get('room')) || 'lobby';
let call = null;

function say(text) {
  $('status').textContent = text;
}

function notice(text) {
  $('notice').textContent = text;
  $('notice').hidden = text === '';
}

function showInCall(inCall) {
  $('entry').hidden = inCall;
  $('grid').hidden = !inCall;
  $('controls').hidden = !inCall;
}

function setButton(button, pressed, words) {
  button.setAttribute('aria-pressed', String(pressed));
  button.textContent = words[Number(pressed)];
}

const BUTTONS = [
  { id: 'mute', kind: 'audio', words: ['Mute', 'Unmute'] },
  { id: 'camera', kind: 'video', words: ['Camera off', 'Camera on'] },
];

async function join() {
  $('join').disabled = true;
  say('Asking for camera and microphone…');
  const wanted = [['use-microphone', 'audio'], ['use-camera', 'video']]
    .filter(([id]) => $(id).checked).map(([, kind]) => kind);
  const { stream, words } = await openMedia(wanted);
  $('join').disabled = false;
  notice(words);
  showInCall(true);
  call = new Call({ room, name: cleanName($('name').value) || 'Guest', stream, onStatus: say });
  for (const { id, kind, words: labels } of BUTTONS) {
    setButton($(id), false, labels);
    $(id).disabled = !call.has(kind);
  }
}

function leave() {
  if (call === null)
    return;
  call.hangUp();
  call = null;
  showInCall(false);
  notice('');
  say('You left the room.');
}

$('room').textContent = room;
document.title = `${room} – room call`;
$('name').value = cleanName(address.get('name'));
$('entry').addEventListener('submit', (event) => {
  event.preventDefault();
  join();
});
$('leave').addEventListener('click', leave);
for (const { id, kind, words } of BUTTONS) {
  $(id).addEventListener('click', () => {
    const off = $(id).getAttribute('aria-pressed') !== 'true';
    setButton($(id), off, words);
    call?.setEnabled(kind, !off);
  });
}
addEventListener('pagehide', leave);
if (address.get('autojoin') === '1')
  join();
