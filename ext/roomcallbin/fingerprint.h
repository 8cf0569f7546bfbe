/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpdescription.h"

G_BEGIN_DECLS

#define FINGERPRINT_MAX_BYTES 64

#define FINGERPRINT_ERROR (fingerprint_error_quark ())

/**
 * FingerprintError:
 * @FINGERPRINT_ERROR_CERTIFICATE: not one PEM certificate
 * @FINGERPRINT_ERROR_MISMATCH: another certificate than the description names
 */
typedef enum {
  FINGERPRINT_ERROR_CERTIFICATE,
  FINGERPRINT_ERROR_MISMATCH,
} FingerprintError;

GQuark fingerprint_error_quark (void);

const char *fingerprint_hash_name (const char *name);
gboolean fingerprint_from_hex (const char *hash, const char *hex,
    guint8 digest[FINGERPRINT_MAX_BYTES], gsize *length);
gboolean fingerprint_of_pem (const char *pem, const char *hash,
    guint8 digest[FINGERPRINT_MAX_BYTES], gsize *length, GError **error);
char *fingerprint_to_string (const guint8 *digest, gsize length);
gboolean fingerprint_verify (
    const char *pem, const SdpMedia *media, GError **error);

G_END_DECLS
