/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* npm's server: "echo" is acknowledged with its arguments. Prints its port. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const { Server } = createRequire(`${process.env.ROOMCALL_NPM}/`)('socket.io');
const http = createServer();

new Server(http).on('connection', (socket) => {
  socket.on('echo', (...args) => args.pop()(...args));
});
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
