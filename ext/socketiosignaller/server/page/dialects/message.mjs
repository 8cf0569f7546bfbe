/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message: one event for everything, one peer. Who hears "ready" calls; "bye" is
 * a hang-up and a departure in one, after which neither is ready: whoever says so
 * again asks for a call.
 *
 *   in   client-id {id}
 *   both message {type: "ready" | "bye", clientId}
 *        message {type: "offer" | "answer", sdp, clientId}
 *        message {type: "candidate", candidate: "text" | null, clientId}
 *   in   names {id: name}, of a server that tells them
 */

const PEER = 'peer'; /* whoever it is */

/** See room.mjs. */
export function message({ socket, hear }) {
  let self = null;
  let entering = false;
  let ready = true; /* until a call was ended */
  let other = null; /* the peer's clientId */
  let name = 'The other one';

  const say = (what) => socket.emit('message', { ...what, clientId: self });
  const sayReady = () => {
    ready = true;
    say({ type: 'ready' });
  };

  function enter() {
    if (!entering || self === null)
      return;
    entering = false;
    hear.entered();
    /* In a call that stands it would mean that we were loaded again. */
    if (hear.isInCall(PEER))
      return;
    if (ready)
      sayReady();
    else
      hear.came({ id: PEER, name, weCall: null });
  }

  function hearReady(id) {
    if (hear.isInCall(PEER) && id !== other)
      return; /* a third one */
    other = id;
    hear.came({ id: PEER, name, anew: true, weCall: ready ? true : null });
    if (!ready)
      hear.asked(PEER);
  }

  socket
    .on('disconnect', () => { self = null; })
    .on('client-id', (data) => {
      if (typeof data?.id !== 'string')
        return;
      self = data.id;
      enter();
    })
    .on('names', (names) => {
      const others = Object.entries(names ?? {}).filter(([id]) => id !== socket.id);
      if (others.length === 1)
        name = others[0][1];
    })
    .on('message', (data) => {
      const id = data?.clientId ?? null;
      if (data?.type === 'ready') {
        hearReady(id);
        return;
      }
      if (other !== null && id !== null && id !== other && hear.isInCall(PEER))
        return;
      switch (data?.type) {
        case 'offer':
          other = id;
          hear.came({ id: PEER, name, weCall: ready ? false : null });
          hear.described(PEER, { type: 'offer', sdp: data.sdp });
          break;
        case 'answer':
          hear.described(PEER, { type: 'answer', sdp: data.sdp });
          break;
        case 'candidate':
          hear.candidate(PEER,
            typeof data.candidate === 'object' && data.candidate ? data.candidate : data);
          break;
        case 'bye':
          ready = false;
          hear.ended(PEER);
          break;
        default:
          break;
      }
    })
    .on('refused', (data) => hear.refused(data?.reason));

  return {
    byHand: false,
    enter() {
      entering = true;
      enter();
    },
    leave() {
      say({ type: 'bye' });
    },
    describe(id, { type, sdp }) {
      say({ type, sdp });
    },
    candidate(id, { candidate }) {
      say({ type: 'candidate', candidate });
    },
    end() {
      ready = false;
      say({ type: 'bye' });
    },
    /* In place of an offer: whoever is there calls us then. */
    invite: sayReady,
  };
}
