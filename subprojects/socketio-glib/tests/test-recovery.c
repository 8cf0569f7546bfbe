/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-json-reader.h>
#include <sio/sio-json-writer.h>
#include <sio/sio-recovery.h>

#include <string.h>

static SioPacket *
parse (const char *text)
{
  guint attachments;
  SioPacket *packet = sio_packet_parse (
      text, strlen (text), &sio_limits_defaults, &attachments, NULL);

  g_assert_nonnull (packet);
  return packet;
}

static gboolean
connected (SioRecovery *recovery, const char *text)
{
  g_autoptr (SioPacket) packet = parse (text);

  return sio_recovery_connected (recovery, packet);
}

static void
note (SioRecovery *recovery, const char *text)
{
  g_autoptr (SioPacket) packet = parse (text);

  sio_recovery_note (recovery, packet);
}

static void
assert_payload (
    const SioRecovery *recovery, const char *auth, const char *expected)
{
  g_autoptr (JsonNode) node =
      auth != NULL ? sio_json_parse (auth, -1, NULL) : NULL;
  g_autoptr (JsonNode) payload = sio_recovery_dup_payload (recovery, node);
  g_autofree char *text =
      payload != NULL ? sio_json_print (payload, NULL, NULL) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_recovers (void)
{
  SioRecovery recovery = { NULL };

  g_assert_false (connected (&recovery, "0{\"sid\":\"a\",\"pid\":\"p\"}"));
  assert_payload (&recovery, NULL, "{\"pid\":\"p\"}");
  note (&recovery, "2[\"e\",1,\"one\"]");
  note (&recovery, "2[\"e\",\"two\"]");
  assert_payload (&recovery, NULL, "{\"pid\":\"p\",\"offset\":\"two\"}");
  assert_payload (&recovery, "{\"token\":1}",
      "{\"pid\":\"p\",\"offset\":\"two\",\"token\":1}");
  g_assert_true (connected (&recovery, "0{\"sid\":\"a\",\"pid\":\"p\"}"));
  assert_payload (&recovery, NULL, "{\"pid\":\"p\",\"offset\":\"two\"}");
  sio_recovery_clear (&recovery);
  assert_payload (&recovery, "{\"token\":1}", "{\"token\":1}");
}

/* Another session, or a server that restores nothing: the old one is over. */
static void
test_does_not (void)
{
  static const char *const replies[][2] = {
    { "0{\"sid\":\"b\",\"pid\":\"q\"}", "{\"pid\":\"q\"}" },
    { "0{\"sid\":\"b\"}", NULL },
    { "0{\"sid\":\"b\",\"pid\":7}", NULL },
    { "0", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++) {
    SioRecovery recovery = { NULL };

    g_assert_false (connected (&recovery, "0{\"sid\":\"a\",\"pid\":\"p\"}"));
    note (&recovery, "2[\"e\",\"one\"]");
    g_assert_false (connected (&recovery, replies[i][0]));
    assert_payload (&recovery, NULL, replies[i][1]);
    sio_recovery_clear (&recovery);
  }
}

/* What is no offset. */
static void
test_others (void)
{
  SioRecovery recovery = { NULL };
  g_autofree char *words = g_strnfill (257, 'w');
  g_autofree char *speech = g_strdup_printf ("2[\"e\",\"%s\"]", words);

  /* The server said nothing of recovery. */
  note (&recovery, "2[\"e\",\"none\"]");
  assert_payload (&recovery, NULL, NULL);
  g_assert_false (connected (&recovery, "0{\"sid\":\"a\",\"pid\":\"p\"}"));
  note (&recovery, "2[\"e\",\"one\"]");
  note (&recovery, "2[\"e\"]");
  note (&recovery, "2[\"e\",1]");
  note (&recovery, "2[\"e\",[\"x\"]]");
  note (&recovery, "27[\"e\",\"a question\"]");
  note (&recovery, speech);
  assert_payload (&recovery, NULL, "{\"pid\":\"p\",\"offset\":\"one\"}");
  sio_recovery_clear (&recovery);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recovery/recovers", test_recovers);
  g_test_add_func ("/recovery/does-not", test_does_not);
  g_test_add_func ("/recovery/others", test_others);
  return g_test_run ();
}
