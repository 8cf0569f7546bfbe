/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SECRET_TEXT_ERROR (secret_text_error_quark ())

/**
 * SecretTextError:
 * @SECRET_TEXT_ERROR_FILE: the file cannot be read, or is no text
 * @SECRET_TEXT_ERROR_ENVIRONMENT: the environment has no such variable
 */
typedef enum {
  SECRET_TEXT_ERROR_FILE,
  SECRET_TEXT_ERROR_ENVIRONMENT,
} SecretTextError;

GQuark secret_text_error_quark (void);

char *secret_text_read_file (const char *who, const char *path, GError **error);
char *secret_text_read (
    const char *property, const char *value, GError **error);
gboolean secret_text_equal (const char *secret, const char *claim);

G_END_DECLS
