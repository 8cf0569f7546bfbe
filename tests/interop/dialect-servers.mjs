/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Servers of public call applications on npm's socket.io, each reduced to what
 * it does with messages: who gets what, and in which form. One function a
 * dialect; docs/dialects.md names the applications.
 */
import { createServer } from 'node:http';
import { requireModule } from './modules.mjs';

const { Server } = requireModule('socket.io');

/* The server gives ids of its own, and passes messages on to all others. */
function speakMessage(io) {
  let members = 0;
  io.on('connection', (socket) => {
    socket.emit('client-id', { id: `client-${++members}` });
    socket.on('message', (message) => socket.broadcast.emit('message', message));
  });
}

/* Nobody is named. */
function speakBroadcast(io) {
  io.on('connection', (socket) => {
    for (const event of ['offer', 'answer', 'candidate'])
      socket.on(event, (data) => socket.broadcast.emit(event, data));
  });
}

/* Users of a room, the newcomer among them; candidates lose their sender. */
function speakRooms(io) {
  io.on('connection', (socket) => {
    let room;
    socket.on('join-room', async (name) => {
      room = name;
      await socket.join(room);
      socket.emit('users', [...io.sockets.adapter.rooms.get(room)]);
      socket.to(room).emit('user-joined', socket.id);
    });
    socket.on('offer', (data) => io.to(data.target).emit('offer', data));
    socket.on('answer', (data) => io.to(data.target).emit('answer', data));
    socket.on('ice-candidate', ({ target, candidate }) =>
      io.to(target).emit('ice-candidate', candidate));
    socket.on('end-call', (data) => io.to(data.to).emit('end-call', data));
    socket.on('disconnect', () => socket.broadcast.emit('user-left', socket.id));
  });
}

/** name -> what its server does with connections */
export const DIALECT_SERVERS = {
  message: speakMessage,
  broadcast: speakBroadcast,
  rooms: speakRooms,
};

/** Starts one; resolves with {url, io, close()}. */
export async function startDialectServer(name) {
  const http = createServer();
  const io = new Server(http);
  DIALECT_SERVERS[name](io);
  await new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    io,
    close: () => new Promise((resolve) => {
      io.close(() => resolve());
      http.closeAllConnections();
    }),
  };
}
