/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-http-answer.h"
#include "sio-target.h"

G_BEGIN_DECLS

/* Requests to one server, one after the other, over one connection for as long
 * as the server keeps it. */
typedef struct _SioHttpLine SioHttpLine;

/* How a request ended: with @answer, which is the line's, or with @error. */
typedef void (*SioHttpLineDone) (
    gpointer data, SioHttpAnswer *answer, const GError *error);

SioHttpLine *sio_http_line_new (
    SioTarget *target, gsize max_body, SioHttpLineDone done, gpointer data);
void sio_http_line_free (SioHttpLine *self);
void sio_http_line_send (SioHttpLine *self, const char *method,
    const char *resource, const char *type, const char *body, gsize length);
gboolean sio_http_line_is_busy (SioHttpLine *self);

G_END_DECLS
