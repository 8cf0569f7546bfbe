/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icecandidate.h"

#include <string.h>

#include "common/testlog.h"

/* What browsers and webrtcbin write, and what we make of it. */
static const struct {
  const char *text;
  const char *normal;
  gboolean usable;
} good[] = {
  { "candidate:2075580896 1 udp 2122194687 192.0.2.2 55138 typ host "
    "generation 0 ufrag QMAW network-id 1",
      "candidate:2075580896 1 UDP 2122194687 192.0.2.2 55138 typ host", TRUE },
  { "candidate:2966427648 1 udp 2122265343 fd00::2 59718 typ host",
      "candidate:2966427648 1 UDP 2122265343 fd00::2 59718 typ host", TRUE },
  { "a=candidate:0 1 UDP 2122252543 198.51.100.7 40000 typ host",
      "candidate:0 1 UDP 2122252543 198.51.100.7 40000 typ host", TRUE },
  { "0 1 UDP 2122252543 198.51.100.7 40000 typ host",
      "candidate:0 1 UDP 2122252543 198.51.100.7 40000 typ host", TRUE },
  { "candidate:2 1 TCP 1015021823 192.0.2.2 9 typ host tcptype active",
      "candidate:2 1 TCP 1015021823 192.0.2.2 9 typ host tcptype active",
      TRUE },
  { "candidate:842163049 1 udp 1677729535 203.0.113.5 3478 typ srflx raddr "
    "0.0.0.0 rport 0 generation 0",
      "candidate:842163049 1 UDP 1677729535 203.0.113.5 3478 typ srflx raddr "
      "0.0.0.0 rport 0",
      TRUE },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ relay raddr "
    "2f0e4c1a.local rport 9",
      "candidate:1 1 UDP 5 203.0.113.5 3478 typ relay raddr 0.0.0.0 rport 9",
      TRUE },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ prflx",
      "candidate:1 1 UDP 5 203.0.113.5 3478 typ prflx", TRUE },
  /* A word that UDP cannot have is left out. */
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ host tcptype so",
      "candidate:1 1 UDP 5 203.0.113.5 3478 typ host", TRUE },
  { " candidate:1 1 udp 5 203.0.113.5 3478 typ host ",
      "candidate:1 1 UDP 5 203.0.113.5 3478 typ host", TRUE },
  { "candidate:1 2 udp 5 203.0.113.5 3478 typ host",
      "candidate:1 2 UDP 5 203.0.113.5 3478 typ host", FALSE },
  { "candidate:1 1 udp 5 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 3478 typ "
    "host",
      "candidate:1 1 UDP 5 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 3478 "
      "typ host",
      FALSE },
  { "", "", FALSE },
  { "candidate:", "", FALSE },
  { "a=end-of-candidates", "", FALSE },
  { "end-of-candidates", "", FALSE },
};

static const struct {
  const char *text;
  int error;
} bad[] = {
  { "empty", ICE_CANDIDATE_ERROR_SYNTAX },
  { "garbage that means nothing at all to me or you",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 203.0.113.5 3478", ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ", ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ evil",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 5 203.0.113.5 3478 xyz host",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 0 udp 5 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 3 udp 5 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 -1 udp 5 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 sctp 5 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 4294967296 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp x 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 203.0.113.5 0 typ host", ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 203.0.113.5 65536 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 203.0.113.256 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 0.0.0.0 3478 typ host", ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 :: 3478 typ host", ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 224.0.0.251 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 ff02::fb 3478 typ host", ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 fe80::1%eth0 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 evil.example.com 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 .local 3478 typ host", ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 a/../b.local 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate: 1 udp 5 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:%s%n 1 udp 5 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:123456789012345678901234567890123 1 udp 5 203.0.113.5 3478 typ "
    "host",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ host raddr",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ host rport 65536",
      ICE_CANDIDATE_ERROR_RANGE },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ host ufrag a%b",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 tcp 5 203.0.113.5 9 typ host", ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 tcp 5 203.0.113.5 9 typ host tcptype x",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ host\r\na=ice-lite",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 5 203.0.113.5\t3478 typ host",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1 1 udp 5 203.0.113.5 3478 typ host x \xff",
      ICE_CANDIDATE_ERROR_SYNTAX },
  { "candidate:1  1 udp 5 203.0.113.5 3478 typ host",
      ICE_CANDIDATE_ERROR_RANGE },
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (IceCandidate) candidate =
        ice_candidate_parse (good[i].text, &error);
    g_autoptr (IceCandidate) again = NULL;
    g_autofree char *normal = NULL;
    g_autofree char *normal_again = NULL;

    g_assert_no_error (error);
    normal = ice_candidate_to_string (candidate);
    g_assert_cmpstr (normal, ==, good[i].normal);
    g_assert_true (ice_candidate_is_usable (candidate) == good[i].usable);
    g_assert_true (candidate->is_end == (normal[0] == '\0'));
    again = ice_candidate_parse (normal, &error);
    g_assert_no_error (error);
    normal_again = ice_candidate_to_string (again);
    g_assert_cmpstr (normal_again, ==, normal);
  }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (IceCandidate) candidate =
        ice_candidate_parse (bad[i].text, &error);

    g_assert_null (candidate);
    g_assert_error (error, ICE_CANDIDATE_ERROR, bad[i].error);
  }
}

static void
test_fields (void)
{
  g_autoptr (IceCandidate) candidate = ice_candidate_parse (
      "candidate:ab+/ 1 tcp 7 fd00::2 9 typ srflx raddr 10.0.0.1 rport 5 "
      "tcptype passive ufrag QMAW",
      NULL);

  g_assert_nonnull (candidate);
  g_assert_cmpstr (candidate->foundation, ==, "ab+/");
  g_assert_cmpuint (candidate->component, ==, 1);
  g_assert_cmpint (candidate->transport, ==, ICE_TRANSPORT_TCP);
  g_assert_cmpuint (candidate->priority, ==, 7);
  g_assert_cmpstr (candidate->address, ==, "fd00::2");
  g_assert_cmpuint (candidate->port, ==, 9);
  g_assert_cmpint (candidate->type, ==, ICE_TYPE_SRFLX);
  g_assert_cmpstr (candidate->related_address, ==, "10.0.0.1");
  g_assert_cmpuint (candidate->related_port, ==, 5);
  g_assert_cmpstr (candidate->tcptype, ==, "passive");
  g_assert_cmpstr (candidate->ufrag, ==, "QMAW");
  g_assert_false (candidate->is_mdns);
}

static void
test_length (void)
{
  const char *start = "candidate:1 1 udp 5 203.0.113.5 3478 typ host x ";
  g_autofree char *fits = g_strnfill (ICE_CANDIDATE_MAX_BYTES, 'y');
  g_autofree char *longer = g_strnfill (ICE_CANDIDATE_MAX_BYTES + 1, 'y');
  g_autoptr (IceCandidate) candidate = NULL;

  memcpy (fits, start, strlen (start));
  memcpy (longer, start, strlen (start));
  candidate = ice_candidate_parse (fits, NULL);
  g_assert_nonnull (candidate);
  g_assert_null (ice_candidate_parse (longer, NULL));
}

static void
test_budget (void)
{
  guint used = 0;

  for (guint i = 0; i < ICE_CANDIDATE_BUDGET; i++)
    g_assert_true (ice_candidate_take_budget (&used));
  g_assert_false (ice_candidate_take_budget (&used));
  g_assert_cmpuint (used, ==, ICE_CANDIDATE_BUDGET);
}

/* Any byte anywhere: an answer or an error, and no third thing. */
static void
test_mutants (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261121);

  for (guint round = 0; round < 20000; round++) {
    g_autofree char *text = g_strdup (good[round % G_N_ELEMENTS (good)].text);
    g_autoptr (GError) error = NULL;
    g_autoptr (IceCandidate) candidate = NULL;
    gint32 length = (gint32) strlen (text);

    for (int i = 0; length > 0 && i < 2; i++)
      text[g_rand_int_range (rand, 0, length)] =
          (char) g_rand_int_range (rand, 1, 256);
    candidate = ice_candidate_parse (text, &error);
    g_assert_true ((candidate == NULL) == (error != NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/icecandidate/good", test_good);
  g_test_add_func ("/icecandidate/bad", test_bad);
  g_test_add_func ("/icecandidate/fields", test_fields);
  g_test_add_func ("/icecandidate/length", test_length);
  g_test_add_func ("/icecandidate/budget", test_budget);
  g_test_add_func ("/icecandidate/mutants", test_mutants);
  return g_test_run ();
}
