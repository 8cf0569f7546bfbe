/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fingerprint.h"

#include <string.h>

G_DEFINE_QUARK (fingerprint - error - quark, fingerprint_error)

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"
/* A certificate is 1-2 KiB; this is only to bound the work. */
#define MAX_PEM (64 * 1024)

/* RFC 8122 allows weaker ones; RFC 8827, section 6.5 wants SHA-256. */
static const struct {
  const char *name;
  GChecksumType type;
  gsize length;
} hashes[] = {
  { "sha-256", G_CHECKSUM_SHA256, 32 },
  { "sha-384", G_CHECKSUM_SHA384, 48 },
  { "sha-512", G_CHECKSUM_SHA512, 64 },
};

static int
find_hash (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (hashes); i++) {
    if (g_ascii_strcasecmp (name, hashes[i].name) == 0)
      return (int) i;
  }
  return -1;
}

/**
 * fingerprint_hash_name:
 * @name: a hash function as an a=fingerprint line names it, in any case
 *
 * Returns: (transfer none) (nullable): its name in lower case; %NULL if it is
 *   unknown or weaker than SHA-256
 *
 * Since: 0.1
 */
const char *
fingerprint_hash_name (const char *name)
{
  int hash = find_hash (name);

  return hash < 0 ? NULL : hashes[hash].name;
}

/**
 * fingerprint_from_hex:
 * @hash: from fingerprint_hash_name()
 * @hex: pairs of hexadecimal digits with ":" between
 * @digest: (out caller-allocates): the bytes
 * @length: (out): how many bytes
 *
 * Returns: whether @hex is a digest of exactly the length of @hash
 *
 * Since: 0.1
 */
gboolean
fingerprint_from_hex (const char *hash, const char *hex,
    guint8 digest[FINGERPRINT_MAX_BYTES], gsize *length)
{
  int found = find_hash (hash);
  gsize n;

  if (found < 0)
    return FALSE;
  n = hashes[found].length;
  if (strlen (hex) != 3 * n - 1)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    int high = g_ascii_xdigit_value (hex[3 * i]);
    int low = g_ascii_xdigit_value (hex[3 * i + 1]);

    if (high < 0 || low < 0 || (i + 1 < n && hex[3 * i + 2] != ':'))
      return FALSE;
    digest[i] = (guint8) (high << 4 | low);
  }
  *length = n;
  return TRUE;
}

/**
 * fingerprint_to_string:
 * @digest: bytes
 * @length: how many
 *
 * Returns: (transfer full): pairs of upper-case digits with ":" between
 *
 * Since: 0.1
 */
char *
fingerprint_to_string (const guint8 *digest, gsize length)
{
  GString *text = g_string_sized_new (3 * length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? ":" : "", digest[i]);
  return g_string_free (text, FALSE);
}

static guchar *
decode_pem (const char *pem, gsize *length)
{
  const char *begin, *end;
  g_autofree char *base64 = NULL;
  guchar *der;

  if (pem == NULL || strnlen (pem, MAX_PEM + 1) > MAX_PEM)
    return NULL;
  begin = strstr (pem, PEM_BEGIN);
  if (begin == NULL)
    return NULL;
  begin += strlen (PEM_BEGIN);
  end = strstr (begin, PEM_END);
  if (end == NULL || end == begin)
    return NULL;
  base64 = g_strndup (begin, (gsize) (end - begin));
  der = g_base64_decode (base64, length);
  if (*length == 0)
    g_clear_pointer (&der, g_free);
  return der;
}

/**
 * fingerprint_of_pem:
 * @pem: (nullable): "remote-certificate" of webrtcbin's DTLS transport
 * @hash: from fingerprint_hash_name()
 * @digest: (out caller-allocates): the bytes
 * @length: (out): how many bytes
 * @error: a #FingerprintError
 *
 * Returns: whether @pem could be hashed
 *
 * Since: 0.1
 */
gboolean
fingerprint_of_pem (const char *pem, const char *hash,
    guint8 digest[FINGERPRINT_MAX_BYTES], gsize *length, GError **error)
{
  int found = find_hash (hash);
  gsize der_length = 0;
  g_autofree guchar *der = decode_pem (pem, &der_length);
  g_autoptr (GChecksum) checksum = NULL;

  if (der == NULL || found < 0) {
    g_set_error_literal (error, FINGERPRINT_ERROR,
        FINGERPRINT_ERROR_CERTIFICATE, "the peer has no readable certificate");
    return FALSE;
  }
  checksum = g_checksum_new (hashes[found].type);
  g_checksum_update (checksum, der, (gssize) der_length);
  *length = FINGERPRINT_MAX_BYTES;
  g_checksum_get_digest (checksum, digest, length);
  return TRUE;
}

/* Takes the same time wherever the first difference is. */
static gboolean
equal_constant_time (const guint8 *a, const guint8 *b, gsize length)
{
  volatile guint8 difference = 0;

  for (gsize i = 0; i < length; i++)
    difference |= (guint8) (a[i] ^ b[i]);
  return difference == 0;
}

/**
 * fingerprint_verify:
 * @pem: (nullable): "remote-certificate" of webrtcbin's DTLS transport
 * @media: an accepted m-line of the peer's description
 * @error: a #FingerprintError
 *
 * webrtcbin 1.22 and 1.26 never do this (RFC 8827, section 6.5): without it
 * anyone on the path can be the peer. No media may pass before.
 *
 * Returns: whether the certificate is the one that the description names
 *
 * Since: 0.1
 */
gboolean
fingerprint_verify (const char *pem, const SdpMedia *media, GError **error)
{
  guint8 digest[FINGERPRINT_MAX_BYTES];
  gsize length;

  if (!fingerprint_of_pem (
          pem, media->fingerprint_hash, digest, &length, error))
    return FALSE;
  if (length != media->fingerprint_len
      || !equal_constant_time (digest, media->fingerprint, length)) {
    g_set_error_literal (error, FINGERPRINT_ERROR, FINGERPRINT_ERROR_MISMATCH,
        "the certificate is not the one that the peer's SDP names");
    return FALSE;
  }
  return TRUE;
}
