/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The names that Socket.IO gives to the ends of a connection: the reason of
 * SioSocket::disconnect and SioServerSocket::disconnect. */

/**
 * SIO_REASON_SERVER_DISCONNECT:
 *
 * At a client: the server has disconnected the socket, which does not come back
 * by itself.
 *
 * Since: 0.1
 */
#define SIO_REASON_SERVER_DISCONNECT "io server disconnect"

/**
 * SIO_REASON_CLIENT_DISCONNECT:
 *
 * At a client: sio_socket_disconnect() was called.
 *
 * Since: 0.1
 */
#define SIO_REASON_CLIENT_DISCONNECT "io client disconnect"

/**
 * SIO_REASON_SERVER_NAMESPACE:
 *
 * At a server: sio_server_socket_disconnect() was called.
 *
 * Since: 0.1
 */
#define SIO_REASON_SERVER_NAMESPACE "server namespace disconnect"

/**
 * SIO_REASON_CLIENT_NAMESPACE:
 *
 * At a server: the client has disconnected itself.
 *
 * Since: 0.1
 */
#define SIO_REASON_CLIENT_NAMESPACE "client namespace disconnect"

/**
 * SIO_REASON_SERVER_SHUTDOWN:
 *
 * At a server: sio_server_close() was called.
 *
 * Since: 0.1
 */
#define SIO_REASON_SERVER_SHUTDOWN "server shutting down"

/**
 * SIO_REASON_PING_TIMEOUT:
 *
 * The peer gave no sign of life in time.
 *
 * Since: 0.1
 */
#define SIO_REASON_PING_TIMEOUT "ping timeout"

/**
 * SIO_REASON_TRANSPORT_CLOSE:
 *
 * The peer has closed the connection.
 *
 * Since: 0.1
 */
#define SIO_REASON_TRANSPORT_CLOSE "transport close"

/**
 * SIO_REASON_TRANSPORT_ERROR:
 *
 * The connection has failed.
 *
 * Since: 0.1
 */
#define SIO_REASON_TRANSPORT_ERROR "transport error"

/**
 * SIO_REASON_PARSE_ERROR:
 *
 * The peer has broken the protocol.
 *
 * Since: 0.1
 */
#define SIO_REASON_PARSE_ERROR "parse error"

/**
 * SIO_REASON_FORCED_CLOSE:
 *
 * At a client: sio_manager_close() was called.
 *
 * Since: 0.1
 */
#define SIO_REASON_FORCED_CLOSE "forced close"

/**
 * SIO_REASON_FORCED_SERVER_CLOSE:
 *
 * At a server: it has ended the connection, since what the client sent was well
 * formed but out of order.
 *
 * Since: 0.1
 */
#define SIO_REASON_FORCED_SERVER_CLOSE "forced server close"
