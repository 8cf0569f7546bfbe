/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define SIGNALLER_ERROR (signaller_error_quark ())

/**
 * SignallerError:
 * @SIGNALLER_ERROR_SETTINGS: a property is missing or wrong
 * @SIGNALLER_ERROR_NOT_FOUND: there is no such server, or not what we need on it
 * @SIGNALLER_ERROR_REFUSED: the server does not want us
 * @SIGNALLER_ERROR_TLS: the server cannot be trusted
 * @SIGNALLER_ERROR_PROTOCOL: the server speaks something else
 * @SIGNALLER_ERROR_TRANSPORT: the connection cannot be made now
 *
 * Errors with the words for the one who typed the command.
 */
typedef enum {
  SIGNALLER_ERROR_SETTINGS,
  SIGNALLER_ERROR_NOT_FOUND,
  SIGNALLER_ERROR_REFUSED,
  SIGNALLER_ERROR_TLS,
  SIGNALLER_ERROR_PROTOCOL,
  SIGNALLER_ERROR_TRANSPORT,
} SignallerError;

GQuark signaller_error_quark (void);

GError *signaller_error_explain (const GError *cause, const char *uri,
    const char *path, const char *nsp, gboolean *fatal);
GstResourceError signaller_error_to_resource (const GError *error);
char *signaller_uri_for_display (const char *uri);

G_END_DECLS
