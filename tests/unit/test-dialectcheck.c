/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialectcheck.h"

#include "common/testlog.h"

#include <sio/sio.h>
#include <string.h>

static JsonNode *
parse_json (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = sio_json_parse (text, -1, &error);

  g_assert_no_error (error);
  return node;
}

static char *
check (const char *dialect_name, JsonNode *capture, guint *n_faults)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Dialect) dialect = dialect_new_builtin (dialect_name, &error);
  char *text;

  g_assert_no_error (error);
  text = dialect_check_capture (dialect, capture, n_faults, &error);
  g_assert_no_error (error);
  return text;
}

/* All that two browsers really said. */
static void
test_recorded (gconstpointer data)
{
  const char *name = data;
  g_autofree char *file = g_strdup_printf ("wire-%s.json", name);
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "data", file, NULL);
  g_autofree char *text = NULL;
  g_autofree char *report = NULL;
  g_autoptr (JsonNode) capture = NULL;
  g_autoptr (GError) error = NULL;
  guint n_faults = 1;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  capture = parse_json (text);
  report = check (name, capture, &n_faults);
  g_test_message ("%s", report);
  g_assert_cmpuint (n_faults, ==, 0);
  g_assert_null (strstr (report, "not what we would say"));
  g_assert_null (strstr (report, "not the dialect"));
  g_assert_nonnull (strstr (report, "out.join\n"));
  g_assert_nonnull (strstr (report, "out.candidate\n"));
  g_assert_nonnull (strstr (report, "description: offer of "));
  /* Keys stay out of it. */
  g_assert_null (strstr (report, "ice-pwd"));
}

static void
test_words (void)
{
  g_autoptr (JsonNode) capture =
      parse_json ("{\"note\":\"\",\"me\":["
                  "[0,\"out\",\"join-room\",\"r\"],"
                  "[1,\"in\",\"users\",[\"a\"]],"
                  "[2,\"in\",\"users\",7],"
                  "[3,\"in\",\"chat\",\"hello\"],"
                  "[4,\"out\",\"chat\",\"hello\"],"
                  "[5,\"in\",\"ice-candidate\",null],"
                  "[6,\"in\",\"end-call\",{}]]}");
  guint n_faults = 0;
  g_autofree char *report = check ("rooms", capture, &n_faults);

  g_assert_cmpuint (n_faults, ==, 1);
  g_assert_nonnull (strstr (report, "in[0] roster: a, we are offerer"));
  g_assert_nonnull (strstr (report, "FAULT: “users” came in a form"));
  g_assert_nonnull (strstr (report, "not the dialect's"));
  g_assert_nonnull (strstr (report, "not what we would say"));
  g_assert_nonnull (strstr (report, "candidate: the end of them of the open"));
  g_assert_nonnull (strstr (report, "call-ended: the one there is"));
}

/* What a password is for is told, not what it is. */
static void
test_ice_servers (void)
{
  g_autoptr (Dialect) dialect = dialect_new_from_text (
      "{\"name\":\"x\",\"roster\":{\"quiet-ms\":1},\"out\":{},\"in\":["
      "{\"is\":\"peer-joined\",\"role\":\"offerer\","
      "\"message\":[\"p\",\"$peer\",\"$ice_servers?\"]},"
      "{\"is\":\"ice-servers\",\"message\":[\"i\",\"$ice_servers?\"]}]}",
      -1, NULL);
  g_autoptr (JsonNode) capture = parse_json (
      "{\"me\":[[0,\"in\",\"i\",[{\"urls\":\"turn:t\",\"username\":\"hush\","
      "\"credential\":\"hush\"},\"http:hush\"]],"
      "[1,\"in\",\"p\",\"a\",{\"urls\":\"stun:s\"}],"
      "[2,\"in\",\"i\"],[3,\"in\",\"i\",\"hush\"]]}");
  guint n_faults = 1;
  g_autofree char *report =
      dialect_check_capture (dialect, capture, &n_faults, NULL);

  g_test_message ("%s", report);
  g_assert_cmpuint (n_faults, ==, 0);
  g_assert_null (strstr (report, "hush"));
  g_assert_nonnull (strstr (report,
      "for calls with everybody, 1 ICE servers, dropped: ICE server 2"));
  g_assert_nonnull (strstr (report, "a, we are offerer, 1 ICE servers"));
  g_assert_nonnull (strstr (report, "for calls with everybody, none"));
  g_assert_nonnull (strstr (report, "these are no ICE servers"));
}

static void
test_no_capture (void)
{
  static const char *const texts[] = { "7", "{\"me\":[7]}",
    "{\"me\":[[0,\"up\",\"e\"]]}", "{\"me\":[[0,\"in\"]]}" };
  g_autoptr (Dialect) dialect = dialect_new_builtin ("mesh", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (JsonNode) capture = parse_json (texts[i]);
    g_autoptr (GError) error = NULL;
    guint n_faults;

    g_assert_null (dialect_check_capture (dialect, capture, &n_faults, &error));
    g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_MESSAGE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_data_func ("/dialectcheck/recorded/mesh", "mesh", test_recorded);
  g_test_add_data_func ("/dialectcheck/recorded/rooms", "rooms", test_recorded);
  g_test_add_func ("/dialectcheck/words", test_words);
  g_test_add_func ("/dialectcheck/ice-servers", test_ice_servers);
  g_test_add_func ("/dialectcheck/no-capture", test_no_capture);
  return g_test_run ();
}
