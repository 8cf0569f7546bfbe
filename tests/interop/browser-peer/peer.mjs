/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A foreign browser application, as a pipeline meets it: the official Socket.IO
 * client and RTCPeerConnections, without recovery. What it says and does is its
 * dialect's matter (dialects.mjs).
 *
 *   ?dialect=mesh          or another one of dialects.mjs
 *   &room=lobby
 *   &server=http://…       (default: where the page came from)
 *   &media=none            takes part without camera and microphone, at first
 *
 * What the application has buttons for is for the test to press: call(id),
 * accept(), reject(), hangUp(), addCamera(), dropCamera(). `seen` is what its user would see, and what it
 * lost on the way.
 */
import { io } from '/peer/socket.io.esm.min.js';
import { dialects } from '/peer/dialects.mjs';

const address = new URLSearchParams(location.search);
const grid = document.getElementById('grid');
const seen = globalThis.seen = {
  ready: false, /* joined, so far as the application knows */
  connects: 0, /* how often it came to the server */
  upgraded: false, /* to WebSocket: what is said meanwhile waits for it */
  buttons: false, /* there to be pressed */
  self: null, /* the id that its user tells others */
  users: [], /* who could be called, where the application lists them */
  incoming: false, /* a call that waits for accept() */
  offers: 0, /* made by this page */
  answers: 0,
  ignored: 0, /* offers and calls that the application passes over */
  lost: 0, /* candidates that it drops */
  candidates: [], /* of its own */
};

let stream = null;

/** Asks for the devices. */
async function openMedia() {
  stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 240, frameRate: 20 },
  });
}

if (address.get('media') !== 'none')
  await openMedia();

/** A connection whose tracks are shown; `id` says whose they are. */
function connect(id, { iceServers = [] } = {}) {
  const pc = new RTCPeerConnection({ iceServers });
  const video = document.createElement('video');
  video.dataset.peer = id;
  video.autoplay = true;
  video.width = 320;
  video.srcObject = new MediaStream();
  grid.append(video);
  pc.video = video;
  pc.ontrack = ({ track }) => video.srcObject.addTrack(track);
  pc.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate?.candidate)
      seen.candidates.push(candidate.candidate);
  });
  return pc;
}

/** Ends it and shows it no more. */
function disconnect(pc) {
  pc.close();
  pc.video.remove();
}

/** What this page sends; who calls without devices asks for media all the same. */
function addTracks(pc, { calls }) {
  stream?.getTracks().forEach((track) => pc.addTrack(track, stream));
  if (!stream && calls)
    ['audio', 'video'].forEach((kind) => pc.addTransceiver(kind, { direction: 'recvonly' }));
}

const socket = io(address.get('server') ?? location.origin);
socket.on('connect', () => seen.connects++);
socket.once('connect', () => {
  const { engine } = socket.io;
  const look = () => { seen.upgraded = engine.transport.name === 'websocket'; };
  look();
  engine.on('upgrade', look);
});
const page = {
  socket, seen, openMedia, connect, disconnect, addTracks,
  room: address.get('room') ?? 'lobby',
  stopMedia: () => stream?.getTracks().forEach((track) => track.stop()),
};
Object.assign(globalThis, await dialects[address.get('dialect') ?? 'mesh'](page));
seen.buttons = true;
