/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/iceagent.h"

#include "common/testcheck.h"

#include <gio/gio.h>
#include <string.h>

static GstElement *
make_webrtcbin (void)
{
  return gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
}

/* --- interfaces --- */

static const struct {
  const char *patterns; /* the loopback is on every machine */
  gboolean found;
  gboolean is_told; /* which */
} lists[] = {
  { NULL, TRUE, FALSE },
  { "", TRUE, FALSE },
  { "lo", TRUE, TRUE },
  { " nothing0 , l? ", TRUE, TRUE },
  { "*", TRUE, TRUE },
  { "nothing*", FALSE, FALSE },
  { "l", FALSE, FALSE },
  { ",", FALSE, FALSE },
};

static gboolean
has_address (GPtrArray *addresses, const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  for (guint i = 0; i < addresses->len; i++) {
    if (g_inet_address_equal (g_ptr_array_index (addresses, i), address))
      return TRUE;
  }
  return FALSE;
}

GST_START_TEST (test_interfaces)
{
  const char *patterns = lists[__i__].patterns;
  g_autoptr (GstElement) webrtcbin = make_webrtcbin ();
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;

  TEST_WATCHDOG (30);
  fail_unless_equals_int (
      ice_agent_set_interfaces (webrtcbin, patterns, &addresses, &error),
      lists[__i__].found);
  fail_unless_equals_int (addresses != NULL, lists[__i__].is_told);
  if (addresses != NULL)
    fail_unless (has_address (addresses, "127.0.0.1"));
  if (lists[__i__].found) {
    g_assert_no_error (error);
    return;
  }
  /* With what could be typed in place of it. */
  fail_unless (
      g_error_matches (error, ICE_AGENT_ERROR, ICE_AGENT_ERROR_INTERFACE));
  fail_unless (strstr (error->message, patterns) != NULL
          && strstr (error->message, " lo") != NULL,
      "%s", error->message);
}
GST_END_TEST

/* --- what is not there yet --- */

GST_START_TEST (test_no_pair)
{
  g_autoptr (GstElement) webrtcbin = make_webrtcbin ();
  g_autoptr (IceAgentPair) pair = ice_agent_get_pair (webrtcbin);

  fail_unless (pair == NULL);
}
GST_END_TEST

/* Of a connection that never began, too; and the thread keeps its main context. */
GST_START_TEST (test_release)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GstElement) webrtcbin = make_webrtcbin ();

  TEST_WATCHDOG (30);
  g_main_context_push_thread_default (context);
  ice_agent_release_relays (webrtcbin);
  ice_agent_release_relays (webrtcbin);
  fail_unless (g_main_context_get_thread_default () == context);
  g_main_context_pop_thread_default (context);
}
GST_END_TEST

/* --- another agent --- */

/* An element with an "ice-agent" that is not libnice's, as an application may give
 * to webrtcbin. */
typedef struct {
  GstElement parent;
} Foreign;

typedef GstElementClass ForeignClass;

static GType foreign_get_type (void);
G_DEFINE_TYPE (Foreign, foreign, GST_TYPE_ELEMENT)

static void
foreign_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_take_object (value, g_object_new (G_TYPE_OBJECT, NULL));
}

static void
foreign_class_init (ForeignClass *class)
{
  G_OBJECT_CLASS (class)->get_property = foreign_get_property;
  g_object_class_install_property (G_OBJECT_CLASS (class), 1,
      g_param_spec_object ("ice-agent", "Agent", "An agent", G_TYPE_OBJECT,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
foreign_init (Foreign *self)
{
}

GST_START_TEST (test_foreign)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (g_object_new (foreign_get_type (), NULL));
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;

  TEST_WATCHDOG (30);
  fail_unless (ice_agent_get_pair (element) == NULL);
  ice_agent_release_relays (element);
  /* Not without the user's list: it would be open to all interfaces. */
  fail_if (ice_agent_set_interfaces (element, "lo", &addresses, &error));
  fail_unless (
      g_error_matches (error, ICE_AGENT_ERROR, ICE_AGENT_ERROR_INTERFACE));
}
GST_END_TEST

static Suite *
iceagent_suite (void)
{
  Suite *suite = suite_create ("iceagent");
  TCase *tc = tcase_create ("iceagent");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_loop_test (tc, test_interfaces, 0, G_N_ELEMENTS (lists));
  tcase_add_test (tc, test_no_pair);
  tcase_add_test (tc, test_release);
  tcase_add_test (tc, test_foreign);
  return suite;
}

TEST_CHECK_MAIN (iceagent)
