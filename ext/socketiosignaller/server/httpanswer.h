/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

gboolean http_answer_begin (SoupServerMessage *message);
void http_answer_set_header (
    SoupServerMessage *message, const char *name, const char *value);
void http_answer_bytes (
    SoupServerMessage *message, const char *type, GBytes *bytes);
void http_answer_text (
    SoupServerMessage *message, const char *type, char *text);

G_END_DECLS
