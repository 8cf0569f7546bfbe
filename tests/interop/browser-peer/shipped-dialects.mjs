/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the pages of the applications do that examples/dialects/ has files for, as
 * dialects.mjs does of those that are built in.
 */
import { mesh, withoutEnd } from './mesh.mjs';

/* What simple-peer sends with trickle: false has all candidates in it. */
async function describeWhole(pc, description) {
  await pc.setLocalDescription(description);
  if (pc.iceGatheringState !== 'complete') {
    await new Promise((resolve) => pc.addEventListener('icegatheringstatechange', () => {
      if (pc.iceGatheringState === 'complete')
        resolve();
    }));
  }
  return pc.localDescription;
}

/* A mesh, with data channels in the offer and servers with each peer. */
const mirotalk = (page) => mesh(page, {
  events: { describe: 'relaySDP', candidate: 'relayICE' },
  join: {
    channel: page.room,
    channel_password: 'sesame',
    peer_name: 'npm client',
    peer_video: true,
    peer_audio: true,
  },
  channels: ['mirotalk_chat_channel', 'mirotalk_file_sharing_channel'],
  leave: () => location.assign('about:blank'),
});

/* Who created the room calls when both have their media. */
function codelab({ socket, room, seen, connect, disconnect, addTracks }) {
  let pc = null;
  let created = false;
  let ready = false;

  const say = (what) => socket.emit('message', what);

  async function describe(description) {
    await pc.setLocalDescription(description);
    say(description);
  }

  async function start() {
    if (pc || !ready)
      return;
    pc = connect('peer');
    pc.onicecandidate = withoutEnd(({ sdpMLineIndex, sdpMid, candidate }) =>
      say({ type: 'candidate', label: sdpMLineIndex, id: sdpMid, candidate }));
    addTracks(pc, { calls: created });
    if (!created)
      return;
    seen.offers++;
    await describe(await pc.createOffer());
  }

  function stop() {
    if (pc)
      disconnect(pc);
    pc = null;
    created = false;
  }

  const hear = {
    async offer(description) {
      /* Without a wait in between: a candidate may have come by the same payload. */
      if (!created)
        start();
      await pc.setRemoteDescription(description);
      seen.answers++;
      await describe(await pc.createAnswer());
    },
    answer: (description) => pc?.setRemoteDescription(description),
    candidate: ({ label, candidate }) => pc?.addIceCandidate({ sdpMLineIndex: label, candidate }),
  };

  socket.on('created', () => {
    created = true;
    seen.ready = true;
  });
  socket.on('join', () => { ready = true; });
  socket.on('joined', () => {
    ready = true;
    seen.ready = true;
  });
  socket.on('message', (what) => {
    if (what === 'got user media')
      return start();
    if (what === 'bye')
      return stop();
    return hear[what.type]?.(what);
  });
  socket.emit('create or join', room);
  say('got user media');
  return {
    hangUp() {
      stop();
      say('bye');
    },
  };
}

/* One calls an id that one was told otherwise. */
function callUser({ socket, seen, connect, disconnect, addTracks }) {
  let pc = null;
  let call = null;

  socket.on('me', (id) => {
    seen.self = id;
    seen.ready = true;
  });
  socket.on('callUser', (data) => {
    call = data;
    seen.incoming = true;
  });
  socket.on('callAccepted', (signal) => pc.setRemoteDescription(signal));
  return {
    async call(id) {
      pc = connect(id);
      addTracks(pc, { calls: true });
      seen.offers++;
      const signalData = await describeWhole(pc, await pc.createOffer());
      socket.emit('callUser', { userToCall: id, signalData, from: seen.self, name: 'npm client' });
    },
    async accept() {
      seen.incoming = false;
      pc = connect(call.from);
      addTracks(pc, { calls: false });
      await pc.setRemoteDescription(call.signal);
      seen.answers++;
      const signal = await describeWhole(pc, await pc.createAnswer());
      socket.emit('answerCall', { signal, to: call.from });
    },
    hangUp() {
      disconnect(pc);
      location.assign('about:blank');
    },
  };
}

/* Who comes calls everybody in the list; the offer is the arrival. */
function groupSignal({ socket, room, seen, connect, addTracks }) {
  const connections = new Map();

  function create(id, calls) {
    const pc = connect(id);
    connections.set(id, pc);
    addTracks(pc, { calls });
    return pc;
  }

  socket.on('all users', async (ids) => {
    seen.ready = true;
    for (const id of ids) {
      const pc = create(id, true);
      seen.offers++;
      const signal = await describeWhole(pc, await pc.createOffer());
      socket.emit('sending signal', { userToSignal: id, callerID: socket.id, signal });
    }
  });
  socket.on('user joined', async ({ signal: offer, callerID: id }) => {
    const pc = create(id, false);
    await pc.setRemoteDescription(offer);
    seen.answers++;
    const signal = await describeWhole(pc, await pc.createAnswer());
    socket.emit('returning signal', { signal, callerID: id });
  });
  socket.on('receiving returned signal', ({ id, signal }) =>
    connections.get(id).setRemoteDescription(signal));
  socket.emit('join room', room);
  return { hangUp: () => location.assign('about:blank') };
}

/*
 * Who is there calls, by button, in a connection without anything in it; what
 * brings the media, and the candidates, is the second negotiation, once a call is
 * accepted or by a button of who was called.
 */
function roomJoin({ socket, room, seen, connect, addTracks }) {
  const pc = connect('peer');
  let remote = null;

  async function answer(offer) {
    await pc.setRemoteDescription(offer);
    await pc.setLocalDescription(await pc.createAnswer());
    return pc.localDescription;
  }

  async function offer() {
    await pc.setLocalDescription(await pc.createOffer());
    return pc.localDescription;
  }

  const sendStream = () => addTracks(pc, { calls: true });

  pc.onnegotiationneeded = async () => {
    if (remote)
      socket.emit('peer:nego:needed', { offer: await offer(), to: remote });
  };
  socket.on('room:join', () => { seen.ready = true; });
  socket.on('user:joined', ({ id }) => {
    remote = id;
    seen.users.push(id);
  });
  socket.on('incomming:call', async ({ from, offer: description }) => {
    remote = from;
    seen.answers++;
    socket.emit('call:accepted', { to: from, ans: await answer(description) });
    seen.incoming = true;
  });
  socket.on('call:accepted', async ({ ans }) => {
    await pc.setRemoteDescription(ans);
    sendStream();
  });
  socket.on('peer:nego:needed', async ({ from, offer: description }) =>
    socket.emit('peer:nego:done', { to: from, ans: await answer(description) }));
  socket.on('peer:nego:final', ({ ans }) => pc.setRemoteDescription(ans));
  socket.emit('room:join', { email: 'npm@example.org', room });
  return {
    async call() {
      seen.offers++;
      socket.emit('user:call', { to: remote, offer: await offer() });
    },
    accept: sendStream,
    hangUp: () => location.assign('about:blank'),
  };
}

/* SimpleWebRTC: who comes calls those that the acknowledgement of the join names. */
function signalmaster({ socket, room, seen, connect, disconnect, addTracks }) {
  const connections = new Map();
  let iceServers = [];

  const say = (to, type, payload) =>
    socket.emit('message', { to, sid: '1', roomType: 'video', type, payload, prefix: 'webkit' });

  function create(id, calls) {
    const pc = connect(id, { iceServers });
    connections.set(id, pc);
    pc.onicecandidate = ({ candidate }) => {
      if (candidate)
        say(id, 'candidate', { candidate });
      else
        say(id, 'endOfCandidates');
    };
    addTracks(pc, { calls });
    return pc;
  }

  async function describe(id, pc, description) {
    await pc.setLocalDescription(description);
    say(id, description.type, description);
  }

  function part(id) {
    disconnect(connections.get(id));
    connections.delete(id);
  }

  const hear = {
    async offer({ from, payload }) {
      const pc = create(from, false);
      await pc.setRemoteDescription(payload);
      seen.answers++;
      await describe(from, pc, await pc.createAnswer());
    },
    answer: ({ from, payload }) => connections.get(from).setRemoteDescription(payload),
    candidate: ({ from, payload }) => connections.get(from).addIceCandidate(payload.candidate),
  };

  socket.on('stunservers', (servers) => { iceServers = [...iceServers, ...servers]; });
  socket.on('turnservers', (servers) => { iceServers = [...iceServers, ...servers]; });
  socket.on('message', (details) => hear[details.type]?.(details));
  socket.on('remove', ({ id }) => connections.has(id) && part(id));
  socket.emit('join', room, async (error, { clients }) => {
    seen.ready = !error;
    for (const id of Object.keys(clients)) {
      const pc = create(id, true);
      pc.createDataChannel('simplewebrtc');
      seen.offers++;
      await describe(id, pc, await pc.createOffer());
    }
  });
  return {
    hangUp() {
      socket.emit('leave');
      [...connections.keys()].forEach(part);
    },
  };
}

/** name of the file -> what its page does */
export const shippedDialects = {
  mirotalk,
  codelab,
  'call-user': callUser,
  'group-signal': groupSignal,
  'room-join': roomJoin,
  signalmaster,
};
