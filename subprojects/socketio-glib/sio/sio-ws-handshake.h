/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* The longest head of an answer that is read, and how much of a refusal's body
 * behind it. */
#define SIO_WS_MAX_HEAD (16 * 1024)
#define SIO_WS_MAX_BODY 4096

/* What of an answer is known so far. */
typedef enum {
  SIO_WS_ANSWER_PARTIAL,  /* more must be read */
  SIO_WS_ANSWER_ACCEPTED, /* the WebSocket begins after the head */
  SIO_WS_ANSWER_REFUSED   /* an error is set */
} SioWsAnswer;

char *sio_ws_handshake_new_key (void);
char *sio_ws_handshake_print (const char *host, const char *resource,
    const char *key, SoupMessageHeaders *headers);
SioWsAnswer sio_ws_handshake_read (const char *text, gsize length,
    gboolean ended, const char *key, gsize *head_length, GError **error);

G_END_DECLS
