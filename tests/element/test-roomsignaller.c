/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/roomsignaller.h"

#include "common/loopbacksignaller.h"
#include "common/testcheck.h"
#include "ext/roomcallbin/gstroomcallbin.h"
#include "roomcontract.h"

/* Of an emission on one thread and a disconnection on another, some thousand
 * meet. */
#define ROUNDS 5000

typedef struct {
  LoopThread *loop;
  GstElement *element;
  RoomSignaller *signaller;
  GMutex lock;
  GCond cond;
  char *said;    /* Guarded by lock: the last signal, with its arguments. */
  gboolean stop; /* atomic */
} Fixture;

static void
say (Fixture *self, char *text)
{
  g_mutex_lock (&self->lock);
  g_free (self->said);
  self->said = text;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
wait_said (Fixture *self, const char *text)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (g_strcmp0 (self->said, text) != 0) {
    fail_unless (g_cond_wait_until (&self->cond, &self->lock, end),
        "waited for %s, got %s", text, self->said);
  }
  g_mutex_unlock (&self->lock);
}

static void
on_joined (const char *id, gpointer data)
{
  say (data, g_strdup_printf ("joined %s", id));
}

static void
on_disconnected (const char *reason, gboolean will_retry, gpointer data)
{
  say (data, g_strdup_printf ("disconnected %s %d", reason, will_retry));
}

static void
on_left (const char *reason, gpointer data)
{
  say (data, g_strdup_printf ("left %s", reason));
}

static void
on_roster_complete (gpointer data)
{
  say (data, g_strdup ("roster-complete"));
}

static void
on_peer_joined (
    const char *id, const char *role, const GstStructure *info, gpointer data)
{
  say (data,
      g_strdup_printf ("peer-joined %s %s %s", id, role,
          info != NULL ? gst_structure_get_string (info, "name") : "-"));
}

static void
on_peer_left (const char *id, const char *reason, gpointer data)
{
  say (data, g_strdup_printf ("peer-left %s %s", id, reason));
}

static void
on_description (
    const char *id, const char *type, const char *sdp, gpointer data)
{
  say (data, g_strdup_printf ("description %s %s %s", id, type, sdp));
}

static void
on_candidate (const char *id, int mline, const char *mid, const char *candidate,
    gpointer data)
{
  say (data,
      g_strdup_printf ("candidate %s %d %s %s", id, mline, mid, candidate));
}

static void
on_call_ended (const char *id, const char *reason, gpointer data)
{
  say (data, g_strdup_printf ("call-ended %s %s", id, reason));
}

static const RoomSignallerFuncs funcs = { on_joined, on_disconnected, on_left,
  on_roster_complete, on_peer_joined, on_peer_left, on_description,
  on_candidate, on_call_ended };

static gboolean
make (gpointer data)
{
  Fixture *self = data;

  self->signaller =
      room_signaller_new (self->element, self->loop, &funcs, self);
  return G_SOURCE_REMOVE;
}

static gboolean
drop (gpointer data)
{
  Fixture *self = data;

  g_clear_pointer (&self->signaller, room_signaller_free);
  return G_SOURCE_REMOVE;
}

static void
setup_with (Fixture *self, GType type)
{
  *self = (Fixture){ .loop = loop_thread_new ("room"),
    .element = gst_object_ref_sink (g_object_new (type, NULL)) };
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  fail_unless (loop_thread_call (self->loop, make, self, -1));
}

static void
setup (Fixture *self)
{
  setup_with (self, TYPE_LOOPBACK_SIGNALLER);
}

static void
teardown (Fixture *self)
{
  fail_unless (loop_thread_call (self->loop, drop, self, -1));
  loop_thread_free (self->loop);
  gst_object_unref (self->element);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->said);
}

GST_START_TEST (test_hands_on_each_signal)
{
  Fixture self;
  g_autoptr (GstStructure) info =
      gst_structure_new ("info", "name", G_TYPE_STRING, "Ada", NULL);

  setup (&self);
  g_signal_emit_by_name (self.element, ROOM_SIGNAL_JOINED, "me");
  wait_said (&self, "joined me");
  g_signal_emit_by_name (
      self.element, ROOM_SIGNAL_DISCONNECTED, "ping timeout", TRUE);
  wait_said (&self, "disconnected ping timeout 1");
  g_signal_emit_by_name (self.element, ROOM_SIGNAL_LEFT, "left");
  wait_said (&self, "left left");
  g_signal_emit_by_name (self.element, ROOM_SIGNAL_ROSTER_COMPLETE);
  wait_said (&self, "roster-complete");
  g_signal_emit_by_name (
      self.element, ROOM_SIGNAL_PEER_JOINED, "a", "offerer", info);
  wait_said (&self, "peer-joined a offerer Ada");
  g_signal_emit_by_name (
      self.element, ROOM_SIGNAL_PEER_JOINED, "b", "answerer", NULL);
  wait_said (&self, "peer-joined b answerer -");
  g_signal_emit_by_name (self.element, ROOM_SIGNAL_PEER_LEFT, "a", "gone");
  wait_said (&self, "peer-left a gone");
  g_signal_emit_by_name (
      self.element, ROOM_SIGNAL_DESCRIPTION, "a", "offer", "v=0");
  wait_said (&self, "description a offer v=0");
  g_signal_emit_by_name (
      self.element, ROOM_SIGNAL_CANDIDATE, "a", 1, "mid", "candidate:1");
  wait_said (&self, "candidate a 1 mid candidate:1");
  g_signal_emit_by_name (self.element, ROOM_SIGNAL_CALL_ENDED, "a", "busy");
  wait_said (&self, "call-ended a busy");
  teardown (&self);
}
GST_END_TEST;

/* Not UTF-8: no string that a message or a log may show. */
GST_START_TEST (test_drops_what_is_no_text)
{
  Fixture self;

  setup (&self);
  g_signal_emit_by_name (self.element, ROOM_SIGNAL_CALL_ENDED, "a", "\xff\xfe");
  g_signal_emit_by_name (self.element, ROOM_SIGNAL_CALL_ENDED, "b", "busy");
  wait_said (&self, "call-ended b busy");
  teardown (&self);
}
GST_END_TEST;

GST_START_TEST (test_says_nothing_when_freed)
{
  Fixture self;

  setup (&self);
  fail_unless (loop_thread_call (self.loop, drop, &self, -1));
  g_signal_emit_by_name (self.element, ROOM_SIGNAL_LEFT, "left");
  fail_unless (self.said == NULL);
  teardown (&self);
}
GST_END_TEST;

static gpointer
emit_on_and_on (gpointer data)
{
  Fixture *self = data;

  while (!g_atomic_int_get (&self->stop))
    g_signal_emit_by_name (self->element, ROOM_SIGNAL_LEFT, "left");
  return NULL;
}

/* The room stops while its signaller speaks. */
GST_START_TEST (test_freed_within_a_signal)
{
  Fixture self;
  GThread *thread;

  setup (&self);
  thread = g_thread_new ("signaller", emit_on_and_on, &self);
  for (guint i = 0; i < ROUNDS; i++) {
    fail_unless (loop_thread_call (self.loop, drop, &self, -1));
    fail_unless (loop_thread_call (self.loop, make, &self, -1));
  }
  g_atomic_int_set (&self.stop, TRUE);
  g_thread_join (thread);
  teardown (&self);
  loopback_signaller_shutdown ();
}
GST_END_TEST;

GST_START_TEST (test_refuses_another_element)
{
  g_autoptr (GstElement) other =
      gst_object_ref_sink (gst_element_factory_make ("identity", NULL));
  g_autoptr (GError) error = NULL;

  fail_if (room_signaller_check (other, &error));
  fail_unless (
      g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_NOT_IMPLEMENTED));
  fail_unless (g_str_has_prefix (error->message,
                   "GstIdentity cannot be the signaller: it has no signal"),
      "%s", error->message);
}
GST_END_TEST;

/* Two signallers that are nothing but names; the second one can refuse. */
typedef GstElement Plain;
typedef GstElementClass PlainClass;
typedef GstElement Refuser;
typedef GstElementClass RefuserClass;

static GType plain_get_type (void);
static GType refuser_get_type (void);

G_DEFINE_TYPE (Plain, plain, GST_TYPE_ELEMENT)
G_DEFINE_TYPE (Refuser, refuser, plain_get_type ())

static void
add_signal (
    GstElementClass *class, const char *name, GSignalFlags flags, guint n, ...)
{
  va_list types;

  va_start (types, n);
  g_signal_new_valist (name, G_TYPE_FROM_CLASS (class),
      G_SIGNAL_RUN_LAST | flags, NULL, NULL, NULL, NULL, G_TYPE_NONE, n, types);
  va_end (types);
}

static void
plain_class_init (PlainClass *class)
{
  const GType s = G_TYPE_STRING, i = G_TYPE_INT;

  add_signal (class, ROOM_SIGNAL_JOINED, 0, 1, s);
  add_signal (class, ROOM_SIGNAL_DISCONNECTED, 0, 2, s, G_TYPE_BOOLEAN);
  add_signal (class, ROOM_SIGNAL_LEFT, 0, 1, s);
  add_signal (class, ROOM_SIGNAL_ROSTER_COMPLETE, 0, 0);
  add_signal (class, ROOM_SIGNAL_PEER_JOINED, 0, 3, s, s, GST_TYPE_STRUCTURE);
  add_signal (class, ROOM_SIGNAL_PEER_LEFT, 0, 2, s, s);
  add_signal (class, ROOM_SIGNAL_DESCRIPTION, 0, 3, s, s, s);
  add_signal (class, ROOM_SIGNAL_CANDIDATE, 0, 4, s, i, s, s);
  add_signal (class, ROOM_SIGNAL_CALL_ENDED, 0, 2, s, s);
  add_signal (class, ROOM_ACTION_SEND_DESCRIPTION, G_SIGNAL_ACTION, 3, s, s, s);
  add_signal (
      class, ROOM_ACTION_SEND_CANDIDATE, G_SIGNAL_ACTION, 4, s, i, s, s);
  add_signal (class, ROOM_ACTION_END_CALL, G_SIGNAL_ACTION, 2, s, s);
}

static void
plain_init (Plain *self)
{
}

static void
refuser_class_init (RefuserClass *class)
{
  add_signal (class, ROOM_ACTION_REJECT_CALL, G_SIGNAL_ACTION, 2, G_TYPE_STRING,
      G_TYPE_STRING);
}

static void
refuser_init (Refuser *self)
{
}

static void
on_end_call (
    GstElement *element, const char *id, const char *reason, gpointer data)
{
  say (data, g_strdup_printf ("end-call %s %s", id, reason));
}

static void
on_reject_call (
    GstElement *element, const char *id, const char *reason, gpointer data)
{
  say (data, g_strdup_printf ("reject-call %s %s", id, reason));
}

static gboolean
reject (gpointer data)
{
  Fixture *self = data;

  room_signaller_reject_call (self->signaller, "a", "busy");
  return G_SOURCE_REMOVE;
}

static void
check_rejection (GType type, const char *said)
{
  g_autoptr (GError) error = NULL;
  Fixture self;

  setup_with (&self, type);
  fail_unless (room_signaller_check (self.element, &error));
  g_signal_connect (
      self.element, ROOM_ACTION_END_CALL, G_CALLBACK (on_end_call), &self);
  if (g_signal_lookup (ROOM_ACTION_REJECT_CALL, type) != 0)
    g_signal_connect (self.element, ROOM_ACTION_REJECT_CALL,
        G_CALLBACK (on_reject_call), &self);
  fail_unless (loop_thread_call (self.loop, reject, &self, -1));
  wait_said (&self, said);
  teardown (&self);
}

GST_START_TEST (test_rejects)
{
  check_rejection (refuser_get_type (), "reject-call a busy");
  check_rejection (plain_get_type (), "end-call a busy");
}
GST_END_TEST;

static Suite *
roomsignaller_suite (void)
{
  Suite *suite = suite_create ("roomsignaller");
  TCase *tc = tcase_create ("roomsignaller");

  /* It has the debug category. */
  GST_ELEMENT_REGISTER (roomcallbin, NULL);
  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, test_hands_on_each_signal);
  tcase_add_test (tc, test_drops_what_is_no_text);
  tcase_add_test (tc, test_says_nothing_when_freed);
  tcase_add_test (tc, test_freed_within_a_signal);
  tcase_add_test (tc, test_refuses_another_element);
  tcase_add_test (tc, test_rejects);
  return suite;
}

TEST_CHECK_MAIN (roomsignaller)
