/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* The answer to one request of HTTP/1.1, read piece by piece. */
typedef struct _SioHttpAnswer SioHttpAnswer;

typedef enum {
  SIO_HTTP_MORE,     /* more must be read */
  SIO_HTTP_COMPLETE, /* the answer is there */
  SIO_HTTP_BROKEN    /* an error is set */
} SioHttpResult;

SioHttpAnswer *sio_http_answer_new (gsize max_body);
void sio_http_answer_free (SioHttpAnswer *self);
SioHttpResult sio_http_answer_push (
    SioHttpAnswer *self, const void *data, gsize length, GError **error);
SioHttpResult sio_http_answer_end (SioHttpAnswer *self, GError **error);

guint sio_http_answer_get_status (SioHttpAnswer *self);
const char *sio_http_answer_get_phrase (SioHttpAnswer *self);
SoupMessageHeaders *sio_http_answer_get_headers (SioHttpAnswer *self);
gboolean sio_http_answer_keeps_alive (SioHttpAnswer *self);
GByteArray *sio_http_answer_get_body (SioHttpAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioHttpAnswer, sio_http_answer_free)

G_END_DECLS
