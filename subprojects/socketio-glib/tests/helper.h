/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A program of the tests' own in Python, which ends with its standard input. */
typedef struct _Helper Helper;

Helper *helper_start (const char *script, ...) G_GNUC_NULL_TERMINATED;
char *helper_read_line (Helper *self);
guint helper_read_port (Helper *self);
void helper_stop (Helper *self);

G_END_DECLS
