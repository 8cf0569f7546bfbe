/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls over a relay, which is Debian's coturn. */
#include "common/callcheck.h"
#include "common/coturn.h"
#include "common/testcheck.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

/* The one of tests/common/netns.sh. */
#define ADDRESS "198.18.0.1"
#define ADDRESS_6 "fd00:198:18::1"
#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)
#define RELAY_ONLY " ice-transport-policy=relay "

/* --- what is said at the signalling --- */

/* Counts what may not be told where only relays may be used. */
typedef struct {
  gint n_relays; /* atomic, all */
  gint n_others;
  gint n_descriptions; /* with candidates in them */
} Told;

static char *
count_candidates (
    const char *from, const char *kind, const char *text, gpointer data)
{
  Told *told = data;

  for (const char *at = strstr (text, " typ "); at != NULL;
       at = strstr (at + 1, " typ ")) {
    if (g_str_has_prefix (at, " typ relay"))
      g_atomic_int_inc (&told->n_relays);
    else
      g_atomic_int_inc (&told->n_others);
  }
  /* Nor what the relay's address was made from. */
  for (const char *at = strstr (text, " raddr "); at != NULL;
       at = strstr (at + 1, " raddr ")) {
    if (!g_str_has_prefix (at, " raddr 0.0.0.0 rport 9"))
      g_atomic_int_inc (&told->n_others);
  }
  if (!g_str_equal (kind, "candidate") && strstr (text, "typ relay") != NULL)
    g_atomic_int_inc (&told->n_descriptions);
  return g_strdup (text);
}

static void
listen_to (CallMember *member, Told *told)
{
  loopback_signaller_set_filter (
      call_member_get_signaller (member), count_candidates, told);
}

/* --- members --- */

/* @host: with brackets, if need be; @transport: udp, tcp, or tls, then with turns:;
 * @user: as it is */
static char *
make_settings_at (const char *host, Coturn *coturn, const char *transport,
    const char *user, const char *password, const char *more)
{
  gboolean is_tls = g_str_equal (transport, "tls");
  g_autofree char *user_text = g_uri_escape_string (user, NULL, FALSE);
  g_autofree char *password_text = g_uri_escape_string (password, NULL, FALSE);

  return g_strdup_printf (
      "turn-servers=\"<\\\"%s://%s:%s@%s:%u?transport=%s\\\">\" %s",
      is_tls ? "turns" : "turn", user_text, password_text, host,
      is_tls ? coturn_get_tls_port (coturn) : coturn_get_port (coturn),
      is_tls ? "tcp" : transport, more);
}

static char *
make_settings (Coturn *coturn, const char *transport, const char *user,
    const char *password, const char *more)
{
  return make_settings_at (ADDRESS, coturn, transport, user, password, more);
}

/* The relay keeps nothing of a call that is over: it heard so of each allocation
 * (a refresh with lifetime 0), and did not only lose a connection. */
static void
check_released (Coturn *coturn)
{
  guint n = coturn_count (coturn, ": new, realm=");

  fail_unless (coturn_wait (coturn, "lifetime=0", n, test_deadline (5)),
      "%u of %u allocations were given back",
      coturn_count (coturn, "lifetime=0"), n);
  fail_unless (coturn_wait (coturn, ": delete: realm=", n, test_deadline (5)));
}

/* --- certificates --- */

static char *certificates; /* a folder; with keys */

static void
run (const char *command)
{
  g_autofree char *errors = NULL;
  int status = 1;

  fail_unless (g_spawn_command_line_sync (command, NULL, &errors, &status, NULL)
          && g_spawn_check_wait_status (status, NULL),
      "%s", errors);
}

static const char *const certificate_names[][2] = {
  { "right", "IP:" ADDRESS },
  { "wrong", "DNS:other.example" },
  { "expired", "IP:" ADDRESS },
};

/* For an address and for a name; each vouches for itself. */
static void
make_certificates (void)
{
  g_autofree char *expire = NULL;

  certificates = g_dir_make_tmp ("roomcall-relay-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (certificate_names); i++) {
    const char *name = certificate_names[i][0];
    g_autofree char *command = g_strdup_printf (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-subj /CN=relay -days 2 -addext subjectAltName=%s -keyout %s/%s.key "
        "-out %s/%s.pem",
        certificate_names[i][1], certificates, name, certificates, name);

    run (command);
  }
  expire = g_strdup_printf (
      "openssl x509 -in %s/expired.pem -signkey %s/expired.key -days -1 "
      "-out %s/expired.pem",
      certificates, certificates, certificates);
  run (expire);
}

static void
remove_certificates (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (certificate_names); i++) {
    const char *name = certificate_names[i][0];
    g_autofree char *key = g_strdup_printf ("%s/%s.key", certificates, name);
    g_autofree char *pem = g_strdup_printf ("%s/%s.pem", certificates, name);

    g_unlink (key);
    g_unlink (pem);
  }
  g_rmdir (certificates);
  g_clear_pointer (&certificates, g_free);
}

/* @name: of a certificate, which it shows to those who come over TLS; @option: one
 * more, or NULL */
static Coturn *
start_coturn (gboolean rest, const char *name, const char *option)
{
  g_autofree char *cert =
      g_strdup_printf ("--cert=%s/%s.pem", certificates, name);
  g_autofree char *key =
      g_strdup_printf ("--pkey=%s/%s.key", certificates, name);

  return rest ? coturn_new (ADDRESS, COTURN_REST, cert, key, option, NULL)
              : coturn_new (ADDRESS, COTURN_LONG_TERM, cert, key, option, NULL);
}

/* --- over the relay --- */

typedef struct {
  const char *name;
  const char *transport;
  gboolean rest;
  gboolean trickle;
} Way;

static const Way ways[] = {
  { "udp", "udp", FALSE, TRUE },
  { "tcp", "tcp", FALSE, FALSE },
  { "tls", "tls", FALSE, TRUE },
  { "rest", "udp", TRUE, TRUE },
};

GST_START_TEST (test_relay)
{
  const Way *way = &ways[__i__];
  g_autoptr (Coturn) coturn = start_coturn (way->rest, "right", NULL);
  g_autofree char *more =
      g_strdup_printf (RELAY_ONLY "turn-cafile=%s/right.pem", certificates);
  g_autofree char *rest_user =
      coturn_make_user (g_get_real_time () / G_USEC_PER_SEC + 3600);
  g_autofree char *rest_password = coturn_make_password (rest_user);
  g_autofree char *settings = make_settings (coturn, way->transport,
      way->rest ? rest_user : COTURN_USER,
      way->rest ? rest_password : COTURN_PASSWORD, more);
  Told told = { 0 };
  guint n_new;
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member (way->name, settings, INPUTS (440));
  b = call_check_member (way->name, settings, INPUTS (880));
  listen_to (a, &told);
  listen_to (b, &told);
  g_object_set (call_member_get_signaller (a), "trickle", way->trickle, NULL);
  g_object_set (call_member_get_signaller (b), "trickle", way->trickle, NULL);
  call_check_play_in_turn (a, b);
  call_check_connected (a, 1);
  call_check_connected (b, 1);
  call_check_pair (a, b);
  fail_unless_equals_int (g_atomic_int_get (&told.n_others), 0);
  fail_unless (g_atomic_int_get (&told.n_relays) >= 2);
  fail_unless_equals_int (
      g_atomic_int_get (&told.n_descriptions), way->trickle ? 0 : 2);
  n_new = coturn_count (coturn, ": new, realm=");
  fail_unless (n_new >= 2, "%u", n_new);
  call_member_stop (a);
  call_member_stop (b);
  check_released (coturn);
}
GST_END_TEST

/* --- servers that give none --- */

typedef struct {
  const char *name;
  const char *transport;
  gboolean is_expired;
  gboolean is_wrong; /* the password */
  const char *properties;
  const char *certificate; /* of the server */
  const char *trusted;     /* by us, or NULL: those of the system */
  const char *words;
} Refusal;

static const Refusal refusals[] = {
  { "wrong", "udp", FALSE, TRUE, RELAY_ONLY, "right", NULL,
      "(UDP) refuses the user name or the password (401)" },
  { "wrong-tls", "tls", FALSE, TRUE, RELAY_ONLY, "right", "right",
      "(TLS) refuses the user name or the password (401)" },
  { "expired", "tcp", TRUE, FALSE, RELAY_ONLY, "right", NULL,
      "(401), which expired at 20" },
  { "direct", "udp", FALSE, TRUE, "", "right", NULL,
      "refuses the user name or the password (401)" },
  { "stranger", "tls", FALSE, FALSE, RELAY_ONLY, "right", NULL,
      "(TLS) shows a certificate of no authority that is trusted" },
  { "other-name", "tls", FALSE, FALSE, RELAY_ONLY, "wrong", "wrong",
      "(TLS) shows a certificate for another name" },
  { "out-of-date", "tls", FALSE, FALSE, RELAY_ONLY, "expired", "expired",
      "(TLS) shows a certificate that has expired" },
};

static void
check_words (CallMember *member, const char *message, const char *field,
    const char *value, const char *key, const char *words)
{
  g_autoptr (GstStructure) s =
      call_member_get_message (member, message, field, value);
  const char *text = gst_structure_get_string (s, key);

  fail_unless (text != NULL && strstr (text, words) != NULL, "%s", text);
  fail_unless (strstr (text, COTURN_PASSWORD) == NULL, "%s", text);
  fail_unless (strstr (text, COTURN_USER) == NULL, "%s", text);
}

GST_START_TEST (test_refused)
{
  const Refusal *refusal = &refusals[__i__];
  g_autoptr (Coturn) coturn =
      start_coturn (refusal->is_expired, refusal->certificate, NULL);
  g_autofree char *user =
      coturn_make_user (g_get_real_time () / G_USEC_PER_SEC - 60);
  g_autofree char *password = coturn_make_password (user);
  g_autofree char *cafile = refusal->trusted != NULL
      ? g_strdup_printf (
          "turn-cafile=%s/%s.pem", certificates, refusal->trusted)
      : g_strdup ("");
  g_autofree char *more =
      g_strdup_printf ("%s %s", refusal->properties, cafile);
  g_autofree char *settings = make_settings (coturn, refusal->transport,
      refusal->is_expired ? user : COTURN_USER,
      refusal->is_expired     ? password
          : refusal->is_wrong ? "shout"
                              : COTURN_PASSWORD,
      more);
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = call_member_new (refusal->name, "", CALL_MEMBER_AUDIO (440));
  b = call_member_new (refusal->name, settings, CALL_MEMBER_AUDIO (880));
  call_check_play_in_turn (a, b);
  if (*refusal->properties != '\0') {
    fail_unless (call_member_wait (
        b, "roomcall/peer-state", "state", "failed", test_deadline (10)));
    check_words (
        b, "roomcall/peer-state", "state", "failed", "reason", refusal->words);
  } else {
    call_check_connected (b, 1);
    fail_unless (call_member_wait (
        b, "roomcall/warning", NULL, NULL, test_deadline (10)));
  }
  check_words (b, "roomcall/warning", NULL, NULL, "text", refusal->words);
  fail_unless_equals_int (
      call_member_count (b, "roomcall/warning", NULL, NULL), 1);
  fail_unless_equals_int (coturn_count (coturn, ": new, realm="), 0);
}
GST_END_TEST

/* The other server would be spoken to in clear. */
GST_START_TEST (test_redirected)
{
  g_autoptr (GSocketAddress) here =
      g_inet_socket_address_new_from_string (ADDRESS, 0);
  g_autoptr (GSocket) other = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (Coturn) coturn = NULL;
  g_autofree char *option = NULL;
  g_autofree char *settings = NULL;
  g_autofree char *more =
      g_strdup_printf (RELAY_ONLY "turn-cafile=%s/right.pem", certificates);
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  fail_unless (g_socket_bind (other, here, TRUE, NULL));
  fail_unless (g_socket_listen (other, NULL));
  bound = g_socket_get_local_address (other, NULL);
  option = g_strdup_printf ("--tls-alternate-server=" ADDRESS ":%u",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  coturn = start_coturn (FALSE, "right", option);
  settings = make_settings (coturn, "tls", COTURN_USER, COTURN_PASSWORD, more);
  a = call_member_new ("redirected", "", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("redirected", settings, CALL_MEMBER_AUDIO (880));
  call_check_play_in_turn (a, b);
  fail_unless (call_member_wait (
      b, "roomcall/peer-state", "state", "failed", test_deadline (10)));
  check_words (b, "roomcall/peer-state", "state", "failed", "reason",
      "(TLS) sends us to another server (300), which is not followed");
  fail_unless_equals_int (g_socket_condition_check (other, G_IO_IN), 0);
}
GST_END_TEST

/* libnice asks for no family; without the option coturn would give it IPv4. */
GST_START_TEST (test_ipv6)
{
  g_autoptr (Coturn) coturn = NULL;
  g_autofree char *settings = NULL;
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  run ("ip addr add " ADDRESS_6 "/64 dev call0 nodad");
  coturn = coturn_new (ADDRESS_6, COTURN_LONG_TERM,
      "--allocation-default-address-family=keep", NULL);
  settings = make_settings_at ("[" ADDRESS_6 "]", coturn, "udp", COTURN_USER,
      COTURN_PASSWORD, RELAY_ONLY);
  a = call_member_new ("ipv6", "", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("ipv6", settings, CALL_MEMBER_AUDIO (880));
  call_check_add_mix (a, "audio_mix");
  call_check_play_in_turn (a, b);
  call_check_connected (b, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_member_stop (a);
  call_member_stop (b);
  check_released (coturn);
  run ("ip addr del " ADDRESS_6 "/64 dev call0");
}
GST_END_TEST

/* It says so, tries again, and is in the call when the server is back. */
GST_START_TEST (test_down_at_start)
{
  g_autoptr (Coturn) coturn = coturn_new (ADDRESS, COTURN_LONG_TERM, NULL);
  g_autofree char *settings =
      make_settings (coturn, "udp", COTURN_USER, COTURN_PASSWORD, RELAY_ONLY);
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  coturn_kill (coturn);
  a = call_member_new ("down", "", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("down", settings, CALL_MEMBER_AUDIO (880));
  call_check_add_mix (a, "audio_mix");
  call_check_play_in_turn (a, b);
  fail_unless (call_member_wait (
      b, "roomcall/peer-state", "state", "reconnecting", test_deadline (10)));
  check_words (b, "roomcall/peer-state", "state", "reconnecting", "reason",
      "does not answer");
  coturn_restart (coturn);
  call_check_connected (b, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
}
GST_END_TEST

static const struct {
  const char *transport;
  const char *state;   /* of b */
  gboolean is_patient; /* a waits as well, and finds out itself */
} losses[] = {
  { "udp", "disconnected", TRUE },
  /* The connection is closed, which is noticed at once. */
  { "tls", "reconnecting", FALSE },
};

/* b has nothing but the relay, c comes directly, though a has the relay, too. */
GST_START_TEST (test_killed)
{
  const char *transport = losses[__i__].transport;
  g_autoptr (Coturn) coturn = start_coturn (FALSE, "right", NULL);
  g_autofree char *trusting = g_strdup_printf (
      "display-name=ann turn-cafile=%s/right.pem", certificates);
  g_autofree char *trusting_only =
      g_strdup_printf (RELAY_ONLY "turn-cafile=%s/right.pem", certificates);
  g_autofree char *with_relay =
      make_settings (coturn, transport, COTURN_USER, COTURN_PASSWORD, trusting);
  g_autofree char *relay_only = make_settings (
      coturn, transport, COTURN_USER, COTURN_PASSWORD, trusting_only);
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (120);
  a = call_member_new ("killed", with_relay, CALL_MEMBER_AUDIO (440));
  b = call_member_new ("killed", relay_only, CALL_MEMBER_AUDIO (880));
  c = call_member_new ("killed", "display-name=cat", CALL_MEMBER_AUDIO (1320));
  call_check_add_mix (a, "audio_mix");
  call_check_add_mix (c, "audio_mix");
  call_check_play_in_turn (a, b);
  call_check_connected (b, 1);
  call_member_play (c);
  call_check_connected (c, 2);
  call_check_hears (a, "audio_mix", CALL_TONE_880 | CALL_TONE_1320);
  call_check_hears (c, "audio_mix", CALL_TONE_440 | CALL_TONE_880);

  fail_unless (
      call_member_count (a, "roomcall/peer-state", "peer-name", "cat") > 0);
  fail_unless (
      call_member_count (c, "roomcall/peer-state", "peer-name", "ann") > 0);
  call_member_forget (a);
  call_member_forget (b);
  call_member_forget (c);
  coturn_kill (coturn);
  fail_unless (call_member_wait_count (b, "roomcall/peer-state", "state",
      losses[__i__].state, 2, test_deadline (10)));
  if (losses[__i__].is_patient)
    fail_unless (call_member_wait (
        a, "roomcall/peer-state", "state", "reconnecting", test_deadline (20)));
  call_check_hears (a, "audio_mix", CALL_TONE_1320);
  call_check_hears (c, "audio_mix", CALL_TONE_440);
  coturn_restart (coturn);
  call_check_hears (a, "audio_mix", CALL_TONE_880 | CALL_TONE_1320);
  call_check_hears (c, "audio_mix", CALL_TONE_440 | CALL_TONE_880);
  /* Of each other, a and c noticed nothing. */
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-state", "peer-name", "cat"), 0);
  fail_unless_equals_int (
      call_member_count (c, "roomcall/peer-state", "peer-name", "ann"), 0);
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-left", NULL, NULL), 0);
}
GST_END_TEST

static Suite *
relay_suite (void)
{
  Suite *suite = suite_create ("relay");
  TCase *tc = tcase_create ("relay");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_unchecked_fixture (tc, make_certificates, remove_certificates);
  tcase_add_loop_test (tc, test_relay, 0, G_N_ELEMENTS (ways));
  tcase_add_loop_test (tc, test_refused, 0, G_N_ELEMENTS (refusals));
  tcase_add_test (tc, test_redirected);
  tcase_add_test (tc, test_ipv6);
  tcase_add_test (tc, test_down_at_start);
  tcase_add_loop_test (tc, test_killed, 0, G_N_ELEMENTS (losses));
  return suite;
}

TEST_CHECK_MAIN (relay)
