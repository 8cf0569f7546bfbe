/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <sio/sio-export.h>

G_BEGIN_DECLS

/**
 * SIO_ERROR:
 *
 * The domain of #SioError.
 *
 * Since: 0.1
 */
#define SIO_ERROR (sio_error_quark ())

/**
 * SioError:
 * @SIO_ERROR_INVALID_ARGUMENT: what the caller gave cannot be used: an address
 *   that is no http, https, ws or wss one, a reserved event name, arguments
 *   that are no array
 * @SIO_ERROR_INVALID_DATA: text that breaks the grammar of JSON, of Engine.IO,
 *   of Socket.IO or of WebSocket
 * @SIO_ERROR_TOO_LARGE: a message, or the nesting or the number of values in
 *   it, is over a limit
 * @SIO_ERROR_PROTOCOL: a packet that is well formed, but not allowed where it
 *   came
 * @SIO_ERROR_UNSUPPORTED: the peer wants something that is not spoken here: an
 *   older protocol revision
 * @SIO_ERROR_HTTP_STATUS: the server answered the WebSocket handshake with
 *   another status than 101, see sio_error_get_http_status()
 * @SIO_ERROR_HANDSHAKE: the server's answer to the WebSocket handshake is wrong
 * @SIO_ERROR_CONNECT_REFUSED: the server refused the connection to the
 *   namespace with a CONNECT_ERROR packet; the message is the server's, see
 *   also sio_error_get_data()
 * @SIO_ERROR_DISCONNECTED: the connection ended before the answer came
 * @SIO_ERROR_TIMED_OUT: an acknowledgement did not come in time
 * @SIO_ERROR_QUEUE_FULL: too much waits to be sent, or too many
 *   acknowledgements are outstanding
 *
 * Failures of the transport itself are of the domains %G_IO_ERROR,
 * %G_RESOLVER_ERROR and %G_TLS_ERROR.
 *
 * Since: 0.1
 */
typedef enum {
  SIO_ERROR_INVALID_ARGUMENT,
  SIO_ERROR_INVALID_DATA,
  SIO_ERROR_TOO_LARGE,
  SIO_ERROR_PROTOCOL,
  SIO_ERROR_UNSUPPORTED,
  SIO_ERROR_HTTP_STATUS,
  SIO_ERROR_HANDSHAKE,
  SIO_ERROR_CONNECT_REFUSED,
  SIO_ERROR_DISCONNECTED,
  SIO_ERROR_TIMED_OUT,
  SIO_ERROR_QUEUE_FULL
} SioError;

SIO_API GQuark sio_error_quark (void);
SIO_API guint sio_error_get_http_status (const GError *error);
SIO_API JsonNode *sio_error_get_data (const GError *error);

G_END_DECLS
