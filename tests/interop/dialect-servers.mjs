/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Servers of public call applications on npm's socket.io, each reduced to what
 * it does with messages: who gets what, and in which form. One function a
 * dialect; docs/dialects.md names the applications.
 *
 *   dialect-servers.mjs DIALECT [--port 0]
 *
 * prints one line of JSON, {"port", "url"}, when it listens, and runs until it
 * gets SIGTERM.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { speakMesh } from './mesh-server.mjs';
import { announce, spawnServer, startServer } from './page-server.mjs';

/* The server gives ids of its own, and passes messages on to all others. */
function speakMessage(io) {
  let members = 0;
  io.on('connection', (socket) => {
    socket.emit('client-id', { id: `client-${++members}` });
    socket.on('message', (message) => socket.broadcast.emit('message', message));
  });
}

/* Nobody is named; the page asks for ICE servers by HTTP. */
function speakBroadcast(io, { routes, iceServers }) {
  routes.set('/ice-servers', { iceServers });
  io.on('connection', (socket) => {
    for (const event of ['offer', 'answer', 'candidate'])
      socket.on(event, (data) => socket.broadcast.emit(event, data));
  });
}

/* Users of a room, the newcomer among them; candidates lose their sender. */
function speakRooms(io) {
  io.on('connection', (socket) => {
    socket.on('join-room', async (room) => {
      await socket.join(room);
      socket.to(room).emit('user-joined', socket.id);
      socket.emit('users', [...io.sockets.adapter.rooms.get(room)]);
    });
    socket.on('offer', (data) => io.to(data.target).emit('offer', data));
    socket.on('answer', (data) => io.to(data.target).emit('answer', data));
    socket.on('ice-candidate', ({ target, candidate }) =>
      io.to(target).emit('ice-candidate', candidate));
    socket.on('end-call', (data) => io.to(data.to).emit('end-call', data));
    socket.on('disconnecting', () =>
      socket.to([...socket.rooms]).emit('user-left', socket.id));
  });
}

/* The server says who offers, when it is everybody's turn. */
function speakMirotalk(io, { iceServers }) {
  io.on('connection', (socket) => {
    let channel;
    socket.on('join', ({ channel: name, channel_password: password, peer_name }) => {
      if (password !== 'sesame') {
        socket.emit('unauthorized');
        return;
      }
      channel = name;
      socket.data.info = { peer_name };
      const ids = [...io.sockets.adapter.rooms.get(channel) ?? []];
      socket.join(channel);
      const peers = Object.fromEntries([...ids, socket.id].map((id) =>
        [id, io.sockets.sockets.get(id).data.info]));
      for (const id of ids) {
        io.to(id).emit('addPeer',
          { peer_id: socket.id, peers, should_create_offer: false, iceServers });
        socket.emit('addPeer', { peer_id: id, peers, should_create_offer: true, iceServers });
      }
      socket.emit('serverInfo', { peers_count: ids.length + 1, is_presenter: ids.length === 0 });
    });
    socket.on('relaySDP', ({ peer_id, session_description }) =>
      io.to(peer_id).emit('sessionDescription', { peer_id: socket.id, session_description }));
    socket.on('relayICE', ({ peer_id, ice_candidate }) =>
      io.to(peer_id).emit('iceCandidate', { peer_id: socket.id, ice_candidate }));
    socket.on('disconnecting', () => {
      if (channel)
        socket.to(channel).emit('removePeer', { peer_id: socket.id });
    });
  });
}

/* Two in a room; messages go to everybody else. */
function speakCodelab(io) {
  io.on('connection', (socket) => {
    socket.on('message', (message) => {
      socket.emit('log', ['Message from server:', 'Client said: ', message]);
      socket.broadcast.emit('message', message);
    });
    socket.on('create or join', (room) => {
      const count = io.sockets.adapter.rooms.get(room)?.size ?? 0;
      if (count === 0) {
        socket.join(room);
        socket.emit('created', room, socket.id);
      } else if (count === 1) {
        io.to(room).emit('join', room);
        socket.join(room);
        socket.emit('joined', room, socket.id);
        io.to(room).emit('ready');
      } else {
        socket.emit('full', room);
      }
    });
  });
}

/* No rooms: ids are typed by hand. */
function speakCallUser(io) {
  io.on('connection', (socket) => {
    socket.emit('me', socket.id);
    socket.on('disconnect', () => socket.broadcast.emit('callEnded'));
    socket.on('callUser', ({ userToCall, signalData, from, name }) =>
      io.to(userToCall).emit('callUser', { signal: signalData, from, name }));
    socket.on('answerCall', (data) => io.to(data.to).emit('callAccepted', data.signal));
  });
}

/* The offer is the arrival. */
function speakGroupSignal(io) {
  const users = new Map(); /* room -> ids */
  io.on('connection', (socket) => {
    let room;
    socket.on('join room', (name) => {
      const ids = users.get(name) ?? [];
      if (ids.length === 4) {
        socket.emit('room full');
        return;
      }
      room = name;
      users.set(room, [...ids, socket.id]);
      socket.emit('all users', ids);
    });
    socket.on('sending signal', ({ userToSignal, signal, callerID }) =>
      io.to(userToSignal).emit('user joined', { signal, callerID }));
    socket.on('returning signal', ({ signal, callerID }) =>
      io.to(callerID).emit('receiving returned signal', { signal, id: socket.id }));
    socket.on('disconnect', () => {
      if (room)
        users.set(room, users.get(room).filter((id) => id !== socket.id));
    });
  });
}

/* Who is there calls; a second negotiation has its own messages. */
function speakRoomJoin(io) {
  io.on('connection', (socket) => {
    socket.on('room:join', (data) => {
      io.to(data.room).emit('user:joined', { email: data.email, id: socket.id });
      socket.join(data.room);
      socket.emit('room:join', data);
    });
    const relays = {
      'user:call': ['incomming:call', 'offer'],
      'call:accepted': ['call:accepted', 'ans'],
      'peer:nego:needed': ['peer:nego:needed', 'offer'],
      'peer:nego:done': ['peer:nego:final', 'ans'],
    };
    for (const [heard, [said, member]] of Object.entries(relays))
      socket.on(heard, (data) =>
        io.to(data.to).emit(said, { from: socket.id, [member]: data[member] }));
  });
}

/* The join is acknowledged; messages are passed on with their sender. */
function speakSignalmaster(io, { iceServers }) {
  io.on('connection', (socket) => {
    let room;
    const remove = () => {
      if (room)
        io.to(room).emit('remove', { id: socket.id });
      room = undefined;
    };
    socket.emit('stunservers', iceServers.filter(({ username }) => !username));
    socket.emit('turnservers', iceServers.filter(({ username }) => username));
    socket.on('join', (name, acknowledge) => {
      const ids = [...io.sockets.adapter.rooms.get(name) ?? []];
      if (ids.length === 8) {
        acknowledge('full');
        return;
      }
      acknowledge(null, { clients: Object.fromEntries(ids.map((id) =>
        [id, { screen: false, video: true, audio: false }])) });
      socket.join(name);
      room = name;
    });
    socket.on('message', (details) =>
      io.to(details.to).emit('message', { ...details, from: socket.id }));
    socket.on('leave', remove);
    socket.on('disconnect', remove);
  });
}

/* Two in a room; whoever comes asks for the call. */
function speakStartCall(io) {
  io.on('connection', (socket) => {
    socket.on('join', (room) => {
      const count = io.sockets.adapter.rooms.get(room)?.size ?? 0;
      if (count < 2)
        socket.join(room);
      socket.emit(['room_created', 'room_joined'][count] ?? 'full_room', room);
    });
    socket.on('start_call', (room) => socket.to(room).emit('start_call'));
    for (const event of ['webrtc_offer', 'webrtc_answer'])
      socket.on(event, ({ sdp, roomId }) => socket.to(roomId).emit(event, sdp));
    socket.on('webrtc_ice_candidate', (data) =>
      socket.to(data.roomId).emit('webrtc_ice_candidate', data));
  });
}

/* Who is there greets who comes; in a namespace of its own. */
function speakNewUser(io) {
  io.of('/stream').on('connection', (socket) => {
    socket.on('subscribe', ({ room, socketId }) => {
      socket.join(room);
      socket.join(socketId);
      socket.to(room).emit('new user', { socketId });
    });
    socket.on('newUserStart', ({ to, sender }) => socket.to(to).emit('newUserStart', { sender }));
    socket.on('sdp', ({ to, sender, description }) =>
      socket.to(to).emit('sdp', { description, sender }));
    socket.on('ice candidates', ({ to, sender, candidate }) =>
      socket.to(to).emit('ice candidates', { candidate, sender }));
  });
}

/* One is watched; ids are the first arguments. */
function speakBroadcaster(io) {
  let broadcaster;
  io.on('connection', (socket) => {
    socket.on('broadcaster', () => {
      broadcaster = socket.id;
      socket.broadcast.emit('broadcaster');
    });
    socket.on('watcher', () => socket.to(broadcaster).emit('watcher', socket.id));
    for (const event of ['offer', 'answer', 'candidate'])
      socket.on(event, (id, data) => socket.to(id).emit(event, socket.id, data));
    socket.on('disconnect', () => socket.to(broadcaster).emit('disconnectPeer', socket.id));
  });
}

/** name -> what its server does with connections */
export const DIALECT_SERVERS = {
  mesh: speakMesh,
  message: speakMessage,
  broadcast: speakBroadcast,
  rooms: speakRooms,
  mirotalk: speakMirotalk,
  codelab: speakCodelab,
  'call-user': speakCallUser,
  'group-signal': speakGroupSignal,
  'room-join': speakRoomJoin,
  signalmaster: speakSignalmaster,
  'start-call': speakStartCall,
  'new-user': speakNewUser,
  broadcaster: speakBroadcaster,
};

/**
 * Starts one, which hands out iceServers where it does so; resolves with {port, url,
 * io, close()}.
 */
export const startDialectServer = (name, { iceServers = [], ...settings } = {}) =>
  startServer((io, routes) => DIALECT_SERVERS[name](io, { routes, iceServers }), settings);

/** The same as a process of its own; resolves with {port, url, kill()}. */
export const spawnDialectServer = (name, { port = 0 } = {}) =>
  spawnServer(fileURLToPath(import.meta.url), [name, '--port', String(port)]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals: [name] } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '0' } },
  });
  announce(await startDialectServer(name, { port: Number(values.port) }));
}
