/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fingerprint.h"

#include <string.h>

#include "common/testlog.h"

/* openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes
 * -days 36500 -subj /CN=test; the digests are openssl's own. */
static const char pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdTCCARugAwIBAgIUMman6cCTJJvqQdtE/KVM8neM5rQwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjEwMTQ2NDlaGA8yMTI2MTAyODAxNDY0\n"
    "OVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPdQ\n"
    "zkFMVkSoTYiG4KzITHSJ+2FNqKp0YQkIfjNyDeW8Iz8a9oyNiNv6em5aMmkHlQRl\n"
    "mMNqXx/BXbnh/4lv4S6jUzBRMB0GA1UdDgQWBBR18KLOSi7zXgYZ6m4TC/letiUn\n"
    "HTAfBgNVHSMEGDAWgBR18KLOSi7zXgYZ6m4TC/letiUnHTAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIECZxDoB3IYQwvT0Ms7Mm4C2rm4m+3Od4zbQ\n"
    "Lr8ZGat3AiEApBZoUt+7cle6xplg28bHCcrdKqu+weWsej6zXlet7/M=\n"
    "-----END CERTIFICATE-----\n";

static const struct {
  const char *hash;
  const char *hex;
  gsize length;
} digests[] = {
  { "sha-256",
      "5B:9F:7A:BA:C1:36:83:F9:18:26:B5:DA:79:81:E6:88:"
      "AE:5B:06:7E:FF:35:34:F9:DF:D7:FD:92:22:D7:9F:30",
      32 },
  { "sha-384",
      "9F:C4:4D:DA:AA:5B:B2:74:0C:D5:99:CB:84:FF:CB:54:"
      "9C:D1:D8:B3:DE:B1:C5:E8:CC:28:DD:8A:0E:CF:D2:6A:"
      "07:C8:10:B4:F0:70:F7:DD:1A:07:B1:EC:1F:33:6A:F1",
      48 },
  { "sha-512",
      "DE:29:E8:CD:6E:06:0B:EF:4A:98:FB:2E:7C:09:B0:60:"
      "F6:0E:3A:F0:15:9D:7B:03:8E:47:47:83:FB:53:73:7E:"
      "1C:0B:EF:15:3B:D8:A1:5B:5A:79:B6:00:D8:39:49:B0:"
      "87:BD:E1:B0:3A:26:9B:BD:89:D1:43:81:38:63:22:2B",
      64 },
};

static SdpMedia *
media_with (guint i)
{
  SdpMedia *media = sdp_media_new ();

  media->fingerprint_hash = g_strdup (digests[i].hash);
  g_assert_true (fingerprint_from_hex (digests[i].hash, digests[i].hex,
      media->fingerprint, &media->fingerprint_len));
  return media;
}

static void
test_hash_name (void)
{
  g_assert_cmpstr (fingerprint_hash_name ("SHA-256"), ==, "sha-256");
  g_assert_cmpstr (fingerprint_hash_name ("sha-512"), ==, "sha-512");
  g_assert_null (fingerprint_hash_name ("sha-1"));
  g_assert_null (fingerprint_hash_name ("md5"));
  g_assert_null (fingerprint_hash_name (""));
  g_assert_null (fingerprint_hash_name (NULL));
}

static void
test_hex (void)
{
  guint8 digest[FINGERPRINT_MAX_BYTES];
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (digests); i++) {
    g_autofree char *again = NULL;
    g_autofree char *lower = g_ascii_strdown (digests[i].hex, -1);
    g_autofree char *cut = g_strndup (lower, strlen (lower) - 3);
    g_autofree char *longer = g_strconcat (lower, ":00", NULL);
    g_autofree char *dashes = g_strdelimit (g_strdup (lower), ":", '-');

    g_assert_true (
        fingerprint_from_hex (digests[i].hash, lower, digest, &length));
    g_assert_cmpuint (length, ==, digests[i].length);
    again = fingerprint_to_string (digest, length);
    g_assert_cmpstr (again, ==, digests[i].hex);
    g_assert_false (
        fingerprint_from_hex (digests[i].hash, cut, digest, &length));
    g_assert_false (
        fingerprint_from_hex (digests[i].hash, longer, digest, &length));
    g_assert_false (
        fingerprint_from_hex (digests[i].hash, dashes, digest, &length));
  }
  g_assert_false (fingerprint_from_hex ("sha-256", "", digest, &length));
  g_assert_false (
      fingerprint_from_hex ("sha-1", digests[0].hex, digest, &length));
}

static void
test_verify (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (digests); i++) {
    g_autoptr (SdpMedia) media = media_with (i);
    g_autoptr (GError) error = NULL;

    g_assert_true (fingerprint_verify (pem, media, &error));
    g_assert_no_error (error);
  }
}

static void
test_mismatch (void)
{
  /* The first, a middle and the last bit. */
  static const guint bits[] = { 0, 100, 255 };

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++) {
    g_autoptr (SdpMedia) media = media_with (0);
    g_autoptr (GError) error = NULL;

    media->fingerprint[bits[i] / 8] ^= (guint8) (1 << (bits[i] % 8));
    g_assert_false (fingerprint_verify (pem, media, &error));
    g_assert_error (error, FINGERPRINT_ERROR, FINGERPRINT_ERROR_MISMATCH);
  }
}

static void
test_no_certificate (void)
{
  static const char *const bad[] = {
    NULL,
    "",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
    "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nAAAA\n",
    "AAAA",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (SdpMedia) media = media_with (0);
    g_autoptr (GError) error = NULL;

    g_assert_false (fingerprint_verify (bad[i], media, &error));
    g_assert_error (error, FINGERPRINT_ERROR, FINGERPRINT_ERROR_CERTIFICATE);
  }
}

/* A rejected m-line names no certificate: nothing matches it. */
static void
test_no_fingerprint (void)
{
  g_autoptr (SdpMedia) media = sdp_media_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (fingerprint_verify (pem, media, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/fingerprint/hash-name", test_hash_name);
  g_test_add_func ("/fingerprint/hex", test_hex);
  g_test_add_func ("/fingerprint/verify", test_verify);
  g_test_add_func ("/fingerprint/mismatch", test_mismatch);
  g_test_add_func ("/fingerprint/no-certificate", test_no_certificate);
  g_test_add_func ("/fingerprint/no-fingerprint", test_no_fingerprint);
  return g_test_run ();
}
