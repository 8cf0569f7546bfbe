/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the pages of four families of applications do with messages and buttons,
 * their faults included: one function each, that returns its buttons. Where a
 * button does not exist in the application, it is not there.
 */
import { mesh, withoutEnd } from './mesh.mjs';
import { shippedDialects } from './shipped-dialects.mjs';

/*
 * Users of a room are called by button, one call at a time. Until the answer
 * says who it is, candidates of the caller go to nobody; those that come before
 * the user has accepted have no connection to go to. A hang-up stops the media
 * and leaves the call's page: the connection stays open. Who lost the server
 * does not join again.
 */
function rooms({ socket, room, seen, connect, addTracks, stopMedia }) {
  let pc = null;
  let remote = '';
  let payload = null;

  function create(id) {
    pc?.video.remove();
    pc = connect(id);
    pc.onicecandidate = withoutEnd((candidate) =>
      socket.emit('ice-candidate', { target: remote, candidate }));
    pc.onnegotiationneeded = async () => {
      seen.offers++;
      await pc.setLocalDescription(await pc.createOffer());
      socket.emit('offer', { target: id, caller: socket.id, sdp: pc.localDescription });
    };
  }

  function leave() {
    stopMedia();
    pc?.video.srcObject.getTracks().forEach((track) => track.stop());
    pc?.video.remove();
    remote = '';
    seen.left = true;
  }

  socket.emit('join-room', room);
  socket.on('users', (ids) => {
    seen.users = ids.filter((id) => id !== socket.id);
    seen.ready = true;
  });
  socket.on('user-joined', (id) => seen.users.push(id));
  socket.on('user-left', (id) => { seen.users = seen.users.filter((user) => user !== id); });
  socket.on('offer', (data) => {
    payload = data;
    remote = data.caller;
    seen.incoming = true;
  });
  socket.on('answer', ({ caller, sdp }) => {
    remote = caller;
    return pc.setRemoteDescription(sdp);
  });
  socket.on('ice-candidate', async (candidate) => {
    if (pc)
      await pc.addIceCandidate(candidate);
    else
      seen.lost++;
  });
  socket.on('end-call', leave);

  return {
    call(id = seen.users[0]) {
      create(id);
      addTracks(pc, { calls: true });
    },
    async accept() {
      const { caller, sdp } = payload;
      seen.incoming = false;
      create(caller);
      await pc.setRemoteDescription(sdp);
      addTracks(pc, { calls: false });
      await pc.setLocalDescription(await pc.createAnswer());
      seen.answers++;
      socket.emit('answer', { target: caller, caller: socket.id, sdp: pc.localDescription });
    },
    reject() {
      payload = null;
      remote = '';
      seen.incoming = false;
    },
    hangUp() {
      socket.emit('end-call', { from: socket.id, to: remote });
      leave();
    },
  };
}

/*
 * One event, one peer. The start button, call(), says "ready"; who has started
 * and hears it offers. Descriptions are texts and go out before they are set;
 * candidates are texts without a place, so they are put on the first m-line.
 */
function message({ socket, seen, connect, disconnect, addTracks }) {
  let pc = null;
  let started = false;
  let self;

  const say = (what) => socket.emit('message', { ...what, clientId: self });

  function create() {
    pc = connect('peer');
    pc.onicecandidate = ({ candidate }) =>
      say({ type: 'candidate', candidate: candidate ? candidate.candidate : null });
    return pc;
  }

  async function describe(description) {
    say(description);
    await pc.setLocalDescription(description);
  }

  function end() {
    if (pc)
      disconnect(pc);
    pc = null;
    started = false;
  }

  const hear = {
    async ready() {
      if (pc) {
        seen.ignored++;
        return;
      }
      addTracks(create(), { calls: true });
      seen.offers++;
      const { sdp } = await pc.createOffer();
      await describe({ type: 'offer', sdp });
    },
    async offer({ sdp }) {
      if (pc) {
        seen.ignored++;
        return;
      }
      create();
      await pc.setRemoteDescription({ type: 'offer', sdp });
      addTracks(pc, { calls: false });
      const answer = await pc.createAnswer();
      seen.answers++;
      await describe({ type: 'answer', sdp: answer.sdp });
    },
    answer: ({ sdp }) => pc?.setRemoteDescription({ type: 'answer', sdp }),
    candidate: ({ candidate }) =>
      pc?.addIceCandidate(candidate ? { candidate, sdpMLineIndex: 0 } : null),
    bye: () => pc && end(),
  };

  socket.on('client-id', ({ id }) => {
    self = id;
    seen.ready = true;
  });
  socket.on('message', (what) => {
    if (started)
      return hear[what.type]?.(what);
    seen.ignored++;
  });

  return {
    call() {
      started = true;
      say({ type: 'ready' });
    },
    hangUp() {
      end();
      say({ type: 'bye' });
    },
  };
}

/*
 * Nobody is named. Candidates that come before the user has accepted are
 * dropped. Nobody says goodbye: a picture goes with its connection.
 */
async function broadcast({ socket, seen, connect, disconnect, addTracks }) {
  let configuration;
  let pc = null;
  let offer = null;

  function create() {
    pc = connect('peer', configuration);
    const { video } = pc;
    pc.onicecandidate = withoutEnd((candidate) => socket.emit('candidate', candidate));
    pc.onconnectionstatechange = ({ target }) => {
      if (['disconnected', 'failed', 'closed'].includes(target.connectionState))
        video.remove();
    };
  }

  socket.on('connect', () => { seen.ready = true; });
  socket.on('offer', (description) => {
    offer = description;
    seen.incoming = true;
  });
  socket.on('answer', (description) => pc.setRemoteDescription(description));
  socket.on('candidate', async (candidate) => {
    if (pc && candidate)
      await pc.addIceCandidate(candidate);
    else
      seen.lost++;
  });
  configuration = await (await fetch('/ice-servers')).json();

  return {
    async call() {
      create();
      addTracks(pc, { calls: true });
      seen.offers++;
      await pc.setLocalDescription(await pc.createOffer());
      socket.emit('offer', pc.localDescription);
    },
    async accept() {
      seen.incoming = false;
      create();
      await pc.setRemoteDescription(offer);
      addTracks(pc, { calls: false });
      await pc.setLocalDescription(await pc.createAnswer());
      seen.answers++;
      socket.emit('answer', pc.localDescription);
    },
    reject() {
      offer = null;
      seen.incoming = false;
    },
    hangUp() {
      disconnect(pc);
      pc = null;
    },
  };
}

/** name -> what its page does */
export const dialects = { mesh, rooms, message, broadcast, ...shippedDialects };
