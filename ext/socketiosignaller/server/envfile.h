/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ENV_FILE_ERROR (env_file_error_quark ())

/**
 * EnvFileError:
 * @ENV_FILE_ERROR_LINE: a line is no `NAME=value`
 *
 * The texts name lines and quote none: what is in such a file is secret.
 */
typedef enum {
  ENV_FILE_ERROR_LINE,
} EnvFileError;

GQuark env_file_error_quark (void);

GHashTable *env_file_parse (const char *text, GError **error);

G_END_DECLS
