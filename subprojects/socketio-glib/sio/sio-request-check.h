/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What decides whether a request may begin a session; NULL is absent. */
typedef struct {
  const char *method;
  const char *revision;  /* query: EIO */
  const char *transport; /* query: transport */
  const char *sid;       /* query: sid */
  gboolean upgrade;      /* asks to become a WebSocket */
  const char *host;
  const char *origin;
  const char *const *allowed_origins; /* NULL: the server's own */
} SioRequest;

/* How to answer what may not. */
typedef struct {
  guint status;
  int code; /* Engine.IO's */
  const char *message;
} SioRefusal;

const SioRefusal *sio_request_check (const SioRequest *request);
char *sio_refusal_print (const SioRefusal *refusal);

G_END_DECLS
