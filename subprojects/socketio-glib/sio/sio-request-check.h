/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The session that a request belongs to. */
typedef enum {
  SIO_SESSION_NONE, /* it names none */
  SIO_SESSION_UNKNOWN,
  SIO_SESSION_POLLING,
  SIO_SESSION_WEBSOCKET,
  SIO_SESSION_ENDED /* by the client, who may have polled before that */
} SioSessionKind;

/* What decides on a request; NULL is absent. */
typedef struct {
  const char *method;
  const char *revision;  /* query: EIO */
  const char *transport; /* query: transport */
  SioSessionKind session;
  gboolean upgrade;   /* asks to become a WebSocket */
  gboolean ambiguous; /* says in two ways where its body ends */
  const char *host;
  const char *machine;              /* as which it may be addressed */
  const char *const *allowed_hosts; /* and beside that */
  const char *origin;
  const char *const *allowed_origins; /* NULL: the server's own */
  gboolean allow_old;                 /* revision 3 */
} SioRequest;

/* What a request is for. */
typedef enum {
  SIO_REQUEST_REFUSED,
  SIO_REQUEST_OPEN,      /* a session, with polling */
  SIO_REQUEST_WEBSOCKET, /* a session, or another transport for one */
  SIO_REQUEST_POLL,
  SIO_REQUEST_POST
} SioRequestKind;

/* How to answer what may not be. */
typedef struct {
  guint status;
  int code; /* Engine.IO's */
  const char *message;
} SioRefusal;

extern const SioRefusal sio_refusal_bad_request;
extern const SioRefusal sio_refusal_too_many;

SioRequestKind sio_request_check (
    const SioRequest *request, const SioRefusal **refusal);
const SioRefusal *sio_request_check_host (
    const char *host, const char *machine, const char *const *allowed);
char *sio_refusal_print (const SioRefusal *refusal);

G_END_DECLS
