/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"
#include "loopthread.h"

#include <sio/sio.h>
#include <string.h>

/* --- a member: a signaller, and what it tells --- */

typedef struct {
  GstElement *element;
  GstBus *bus;
  /* Guards what follows, which the signaller's thread fills. */
  GMutex lock;
  GCond cond;
  GQueue told;
  char *id;
  GThread *thread;
} Member;

static void
tell (Member *self, char *text)
{
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->told, text);
  /* All of them from one thread. */
  fail_unless (self->thread == NULL || self->thread == g_thread_self ());
  self->thread = g_thread_self ();
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_joined (GstElement *element, const char *id, Member *self)
{
  g_mutex_lock (&self->lock);
  g_free (self->id);
  self->id = g_strdup (id);
  g_mutex_unlock (&self->lock);
  tell (self, g_strdup ("joined"));
}

static void
on_disconnected (
    GstElement *element, const char *reason, gboolean will_retry, Member *self)
{
  tell (self,
      g_strdup (will_retry ? "disconnected, will retry" : "disconnected"));
}

static void
on_left (GstElement *element, const char *reason, Member *self)
{
  tell (self, g_strdup ("left"));
}

static void
on_roster_complete (GstElement *element, Member *self)
{
  tell (self, g_strdup ("roster-complete"));
}

static void
on_peer_joined (GstElement *element, const char *id, const char *role,
    const GstStructure *info, Member *self)
{
  const char *name = gst_structure_get_string (info, "name");
  const char *userdata = gst_structure_get_string (info, "userdata");

  tell (self,
      g_strdup_printf ("peer-joined %s %s%s%s%s%s", id, role,
          name != NULL ? " " : "", name != NULL ? name : "",
          userdata != NULL ? " " : "", userdata != NULL ? userdata : ""));
}

static void
on_peer_left (
    GstElement *element, const char *id, const char *reason, Member *self)
{
  tell (self, g_strdup_printf ("peer-left %s", id));
}

static void
on_description (GstElement *element, const char *id, const char *type,
    const char *sdp, Member *self)
{
  tell (self,
      g_strdup_printf ("%s from %s: %s", type, id != NULL ? id : "?", sdp));
}

static void
on_candidate (GstElement *element, const char *id, gint mline, const char *mid,
    const char *candidate, Member *self)
{
  tell (self,
      g_strdup_printf ("candidate from %s: %d %s %s", id != NULL ? id : "?",
          mline, mid != NULL ? mid : "-", candidate));
}

static void
on_call_ended (
    GstElement *element, const char *id, const char *reason, Member *self)
{
  tell (self, g_strdup_printf ("call-ended %s", id != NULL ? id : "?"));
}

static void
on_event (GstElement *element, const char *name, const char *json, Member *self)
{
  tell (self, g_strdup_printf ("event %s %s", name, json));
}

/* The properties as gst-launch-1.0 has them. */
static Member *
member_new (const char *settings)
{
  g_autofree char *line = g_strconcat ("socketiosignaller ", settings, NULL);
  g_autoptr (GError) error = NULL;
  Member *self = g_new0 (Member, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->told);
  self->element = gst_parse_launch_full (
      line, NULL, GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS, &error);
  fail_unless (error == NULL, "%s: %s", line, error ? error->message : "");
  gst_object_ref_sink (self->element);
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->element, self->bus);
#define CONNECT(name, handler) \
  g_signal_connect (self->element, name, G_CALLBACK (handler), self)
  CONNECT ("joined", on_joined);
  CONNECT ("disconnected", on_disconnected);
  CONNECT ("left", on_left);
  CONNECT ("roster-complete", on_roster_complete);
  CONNECT ("peer-joined", on_peer_joined);
  CONNECT ("peer-left", on_peer_left);
  CONNECT ("description", on_description);
  CONNECT ("candidate", on_candidate);
  CONNECT ("call-ended", on_call_ended);
  CONNECT ("event", on_event);
#undef CONNECT
  return self;
}

static void
goes_to (Member *self, GstState state)
{
  fail_unless_equals_int (
      gst_element_set_state (self->element, state), GST_STATE_CHANGE_SUCCESS);
}

static void
member_free (Member *self)
{
  goes_to (self, GST_STATE_NULL);
  gst_element_set_bus (self->element, NULL);
  gst_object_unref (self->bus);
  ASSERT_OBJECT_REFCOUNT (self->element, "signaller", 1);
  gst_object_unref (self->element);
  g_queue_clear_full (&self->told, g_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

/* The next thing that the member tells. */
static char *
next (Member *self, const char *waiting_for)
{
  gint64 deadline = test_deadline (10);
  char *text;

  g_mutex_lock (&self->lock);
  while (self->told.length == 0) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      fail ("waited in vain for: %s", waiting_for);
  }
  text = g_queue_pop_head (&self->told);
  g_mutex_unlock (&self->lock);
  return text;
}

static void tells (Member *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
tells (Member *self, const char *format, ...)
{
  g_autofree char *expected = NULL;
  g_autofree char *told = NULL;
  va_list args;

  va_start (args, format);
  expected = g_strdup_vprintf (format, args);
  va_end (args);
  told = next (self, expected);
  fail_unless_equals_string (told, expected);
}

static void
tells_nothing (Member *self)
{
  g_mutex_lock (&self->lock);
  fail_unless_equals_int (self->told.length, 0);
  g_mutex_unlock (&self->lock);
}

/* Waits for a message; its text must have the words in it. */
static void
posts (Member *self, GstMessageType type, const char *words)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
      self->bus, 10 * GST_SECOND, type | GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  fail_unless (message != NULL, "no message: %s", words);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), type);
  fail_unless (strstr (error->message, words) != NULL, "%s", error->message);
}

/* Waits for roomcall/connection with this state. */
static void
reaches (Member *self, const char *state)
{
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        self->bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT);
    const GstStructure *structure;

    fail_unless (message != NULL, "never %s", state);
    structure = gst_message_get_structure (message);
    if (gst_structure_has_name (structure, "roomcall/connection")
        && g_strcmp0 (gst_structure_get_string (structure, "state"), state)
            == 0)
      return;
  }
}

static void
sends_description (Member *self, Member *to, const char *type, const char *sdp)
{
  g_signal_emit_by_name (self->element, "send-description", to->id, type, sdp);
}

static void
sends_candidate (
    Member *self, Member *to, int mline, const char *mid, const char *candidate)
{
  g_signal_emit_by_name (
      self->element, "send-candidate", to->id, mline, mid, candidate);
}

/* A server, and its address in a line of settings. */
static Member *
host_new (void)
{
  Member *host = member_new ("run-signalling-server=true");

  goes_to (host, GST_STATE_PAUSED);
  return host;
}

static Member *
guest_new (Member *host, const char *settings)
{
  g_autofree char *uri = NULL;
  g_autofree char *line = NULL;

  g_object_get (host->element, "uri", &uri, NULL);
  line = g_strdup_printf ("uri=%s reconnection-delay=20 "
                          "reconnection-delay-max=100 room=lobby %s",
      uri, settings);
  return member_new (line);
}

/* --- calls --- */

GST_START_TEST (test_mesh)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "display-name=Ada");
  g_autoptr (Member) b = guest_new (host, "user-data={\\\"seat\\\":12}");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  tells (a, "roster-complete");
  goes_to (b, GST_STATE_PLAYING);
  tells (b, "joined");
  tells (b, "peer-joined %s offerer Ada {\"name\":\"Ada\"}", a->id);
  tells (b, "roster-complete");
  tells (a, "peer-joined %s answerer {\"seat\":12}", b->id);

  sends_description (b, a, "offer", "v=0\r\no=b");
  tells (a, "offer from %s: v=0\r\no=b", b->id);
  sends_candidate (
      b, a, 0, "audio", "candidate:1 1 UDP 1 127.0.0.1 9 typ host");
  tells (a, "candidate from %s: 0 - candidate:1 1 UDP 1 127.0.0.1 9 typ host",
      b->id);
  sends_description (a, b, "answer", "v=0\r\no=a");
  tells (b, "answer from %s: v=0\r\no=a", a->id);
  /* The end of the candidates is nothing that the dialect has words for. */
  sends_candidate (a, b, 0, NULL, "");
  sends_candidate (a, b, 1, NULL, "candidate:2 1 UDP 1 127.0.0.1 9 typ host");
  tells (b, "candidate from %s: 1 - candidate:2 1 UDP 1 127.0.0.1 9 typ host",
      a->id);

  goes_to (b, GST_STATE_READY);
  tells (b, "left");
  tells (a, "peer-left %s", b->id);
  tells_nothing (a);
  tells_nothing (b);
}
GST_END_TEST;

GST_START_TEST (test_rooms)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "dialect=rooms");
  g_autoptr (Member) b = guest_new (host, "dialect=rooms");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  tells (a, "roster-complete");
  goes_to (b, GST_STATE_PLAYING);
  tells (b, "joined");
  tells (b, "peer-joined %s offerer", a->id);
  tells (b, "roster-complete");
  tells (a, "peer-joined %s answerer", b->id);

  sends_description (b, a, "offer", "v=0\r\na=ice-ufrag:BBBB\r\n");
  tells (a, "offer from %s: v=0\r\na=ice-ufrag:BBBB\r\n", b->id);
  /* No sender, but the fragment of the description that it belongs to. */
  sends_candidate (
      b, a, 1, "video", "candidate:1 1 UDP 1 127.0.0.1 9 typ host");
  tells (a,
      "candidate from ?: 1 video candidate:1 1 UDP 1 127.0.0.1 9 typ host "
      "ufrag BBBB");
  sends_description (a, b, "answer", "v=0\r\na=ice-ufrag:AAAA\r\n");
  tells (b, "answer from %s: v=0\r\na=ice-ufrag:AAAA\r\n", a->id);
  g_signal_emit_by_name (a->element, "end-call", b->id, "enough");
  tells (b, "call-ended %s", a->id);

  goes_to (b, GST_STATE_READY);
  tells (a, "peer-left %s", b->id);
}
GST_END_TEST;

/* One process hosts and is a member: a call needs no other program. */
GST_START_TEST (test_host_is_member)
{
  g_autoptr (Member) host =
      member_new ("run-signalling-server=true room=lobby display-name=Host");
  Member *guest;
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *structure;
  g_autofree char *uri = NULL;
  guint port = 0;

  TEST_WATCHDOG (60);
  goes_to (host, GST_STATE_PLAYING);
  message =
      gst_bus_timed_pop_filtered (host->bus, GST_SECOND, GST_MESSAGE_ELEMENT);
  structure = gst_message_get_structure (message);
  fail_unless (gst_structure_has_name (structure, "roomcall/server-started"));
  g_object_get (
      host->element, "uri", &uri, "signalling-server-port", &port, NULL);
  fail_unless (port != 0);
  fail_unless_equals_string (gst_structure_get_string (structure, "uri"), uri);
  tells (host, "joined");
  tells (host, "roster-complete");

  guest = guest_new (host, "");
  goes_to (guest, GST_STATE_PLAYING);
  tells (guest, "joined");
  tells (guest, "peer-joined %s offerer Host {\"name\":\"Host\"}", host->id);
  tells (host, "peer-joined %s answerer {}", guest->id);
  /* The member is told that the others are gone before it is alone. */
  goes_to (guest, GST_STATE_NULL);
  tells (host, "peer-left %s", guest->id);
  member_free (guest);
}
GST_END_TEST;

/* --- losses --- */

GST_START_TEST (test_server_restart)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "");
  g_autoptr (Member) b = guest_new (host, "");
  g_autofree char *old_id = NULL;
  guint port;

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  tells (a, "roster-complete");
  goes_to (b, GST_STATE_PLAYING);
  tells (b, "joined");
  tells (b, "peer-joined %s offerer {}", a->id);
  tells (b, "roster-complete");
  tells (a, "peer-joined %s answerer {}", b->id);
  old_id = g_strdup (a->id);

  g_object_get (host->element, "signalling-server-port", &port, NULL);
  goes_to (host, GST_STATE_READY);
  tells (a, "disconnected, will retry");
  tells (b, "disconnected, will retry");
  reaches (a, "reconnecting");
  /* What is sent meanwhile is dropped, and is no error. */
  sends_description (a, b, "offer", "v=0");

  g_object_set (host->element, "signalling-server-port", port, NULL);
  goes_to (host, GST_STATE_PAUSED);
  tells (a, "joined");
  tells (b, "joined");
  fail_if (g_strcmp0 (a->id, old_id) == 0);
  for (int i = 0; i < 2; i++) {
    Member *member = i == 0 ? a : b;
    g_autofree char *peer = next (member, "the other one");

    fail_unless (g_str_has_prefix (peer, "peer-joined"), "%s", peer);
    tells (member, "roster-complete");
  }
}
GST_END_TEST;

/* Nothing listens yet: that can come. */
GST_START_TEST (test_server_comes_later)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "");
  guint port;

  TEST_WATCHDOG (60);
  g_object_get (host->element, "signalling-server-port", &port, NULL);
  goes_to (host, GST_STATE_READY);
  goes_to (a, GST_STATE_PLAYING);
  posts (a, GST_MESSAGE_WARNING, "Is the server running");
  tells_nothing (a);

  g_object_set (host->element, "signalling-server-port", port, NULL);
  goes_to (host, GST_STATE_PAUSED);
  tells (a, "joined");
  tells (a, "roster-complete");
}
GST_END_TEST;

/* --- errors --- */

GST_START_TEST (test_wrong_path)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "path=/nowhere/");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  posts (a, GST_MESSAGE_ERROR, "Set the property path");
  tells (a, "disconnected");
}
GST_END_TEST;

GST_START_TEST (test_refused_by_room)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "dialect=rooms");
  g_autoptr (Member) b = guest_new (host, "dialect=mesh");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  goes_to (b, GST_STATE_PLAYING);
  posts (b, GST_MESSAGE_ERROR, "speaks the dialect rooms");
}
GST_END_TEST;

static const struct {
  const char *settings;
  const char *words;
} wrong_settings[] = {
  { "", "run-signalling-server=true room=lobby" },
  { "uri=http://127.0.0.1:1", "Which room?" },
  { "uri=http://127.0.0.1:1 run-signalling-server=true room=\"\"", NULL },
  { "room=lobby", "On which server" },
  { "uri=127.0.0.1:3000 room=lobby", "uri=https://" },
  { "uri=http://127.0.0.1:1 room=lobby dialect=klingon", "mesh, rooms" },
  { "uri=http://127.0.0.1:1 room=lobby path=nowhere", "slash" },
  { "uri=http://127.0.0.1:1 room=lobby auth=hunter2", "auth=env:NAME" },
  { "uri=http://127.0.0.1:1 room=lobby query=a=b", "query='" },
  { "uri=http://127.0.0.1:1 room=lobby user-data=nothing", "user-data='" },
  { "uri=http://127.0.0.1:1 room=lobby cafile=/nowhere.pem", "cafile" },
  { "run-signalling-server=true signalling-server-host=192.0.2.1",
      "signalling-server-host" },
};

GST_START_TEST (test_wrong_settings)
{
  g_autoptr (Member) a = member_new (wrong_settings[__i__].settings);

  TEST_WATCHDOG (60);
  if (wrong_settings[__i__].words == NULL) {
    goes_to (a, GST_STATE_PLAYING);
    return;
  }
  fail_unless_equals_int (gst_element_set_state (a->element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  posts (a, GST_MESSAGE_ERROR, wrong_settings[__i__].words);
}
GST_END_TEST;

/* --- states --- */

GST_START_TEST (test_join_by_hand)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "auto-join=false");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  reaches (a, "connected");
  tells_nothing (a);
  g_signal_emit_by_name (a->element, "join");
  tells (a, "joined");
  tells (a, "roster-complete");
}
GST_END_TEST;

GST_START_TEST (test_pause_stays)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "");
  g_autoptr (Member) b = guest_new (host, "");
  int state;

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  tells (a, "roster-complete");
  goes_to (a, GST_STATE_PAUSED);
  goes_to (b, GST_STATE_PLAYING);
  tells (b, "joined");
  /* It is there, and hears. */
  tells (b, "peer-joined %s offerer {}", a->id);
  tells (a, "peer-joined %s answerer {}", b->id);
  goes_to (a, GST_STATE_PLAYING);
  g_object_get (a->element, "connection-state", &state, NULL);
  fail_unless_equals_int (state, 4);
  goes_to (a, GST_STATE_READY);
  tells (a, "left");
  g_object_get (a->element, "connection-state", &state, NULL);
  fail_unless_equals_int (state, 0);
}
GST_END_TEST;

GST_START_TEST (test_cycles)
{
  g_autoptr (Member) a = member_new ("run-signalling-server=true room=lobby");

  TEST_WATCHDOG (60);
  for (int i = 0; i < 20; i++) {
    goes_to (a, GST_STATE_PLAYING);
    /* Wherever it is by then. */
    if (i % 2 == 0) {
      tells (a, "joined");
      a->thread = NULL;
    }
    goes_to (a, i % 3 == 0 ? GST_STATE_READY : GST_STATE_NULL);
    g_mutex_lock (&a->lock);
    g_queue_clear_full (&a->told, g_free);
    a->thread = NULL;
    g_mutex_unlock (&a->lock);
  }
}
GST_END_TEST;

static void
stop_on_joined (GstElement *element, const char *id, gpointer data)
{
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
}

/* A handler may end what calls it. */
GST_START_TEST (test_stop_from_handler)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "");

  TEST_WATCHDOG (60);
  g_signal_connect (a->element, "joined", G_CALLBACK (stop_on_joined), NULL);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  tells (a, "left");
  /* The thread that calls the handler ends after this, and then lets go; the
   * messages on the bus hold on to it too. */
  gst_bus_set_flushing (a->bus, TRUE);
  while (GST_OBJECT_REFCOUNT_VALUE (a->element) > 1)
    g_thread_yield ();
}
GST_END_TEST;

static void
block_on_joined (GstElement *element, const char *id, gpointer data)
{
  GMutex *lock = data;

  g_mutex_lock (lock);
  g_mutex_unlock (lock);
}

/* A handler that does not return holds the state change up for a second. */
GST_START_TEST (test_leave_is_bounded)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "");
  gint64 begin;
  GMutex lock;

  TEST_WATCHDOG (60);
  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  g_signal_connect (a->element, "joined", G_CALLBACK (block_on_joined), &lock);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  begin = g_get_monotonic_time ();
  goes_to (a, GST_STATE_READY);
  fail_unless (g_get_monotonic_time () - begin >= G_USEC_PER_SEC * 9 / 10);
  tells_nothing (a);
  g_mutex_unlock (&lock);
  /* Overdue by then. */
  tells (a, "roster-complete");
  tells (a, "left");
  gst_bus_set_flushing (a->bus, TRUE);
  while (GST_OBJECT_REFCOUNT_VALUE (a->element) > 1)
    g_thread_yield ();
  g_mutex_clear (&lock);
}
GST_END_TEST;

/* Who leaves late does not speak for who has come back. */
GST_START_TEST (test_return_before_left)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "");
  g_autofree char *first_id = NULL;
  gulong handler;
  GMutex lock;
  int state;

  TEST_WATCHDOG (60);
  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  handler = g_signal_connect (
      a->element, "joined", G_CALLBACK (block_on_joined), &lock);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  first_id = g_strdup (a->id);
  goes_to (a, GST_STATE_READY);
  g_signal_handler_disconnect (a->element, handler);
  a->thread = NULL;
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  tells (a, "peer-joined %s offerer {}", first_id);
  tells (a, "roster-complete");
  g_mutex_unlock (&lock);
  tells (a, "peer-left %s", first_id);
  gst_bus_set_flushing (a->bus, TRUE);
  while (GST_OBJECT_REFCOUNT_VALUE (a->element) > 1)
    g_thread_yield ();
  tells_nothing (a);
  g_object_get (a->element, "connection-state", &state, NULL);
  fail_unless_equals_int (state, 4); /* joined */
  g_mutex_clear (&lock);
}
GST_END_TEST;

/* Actions do nothing where there is nobody to talk to, nor with rubbish. */
GST_START_TEST (test_actions_any_time)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "");

  TEST_WATCHDOG (60);
  for (int i = 0; i < 2; i++) {
    g_signal_emit_by_name (a->element, "send-description", "x", "offer", "v=0");
    g_signal_emit_by_name (a->element, "send-description", NULL, "x", NULL);
    g_signal_emit_by_name (a->element, "send-candidate", "x", -1, NULL, "c");
    g_signal_emit_by_name (a->element, "send-candidate", NULL, 0, NULL, NULL);
    g_signal_emit_by_name (a->element, "end-call", NULL, NULL);
    g_signal_emit_by_name (a->element, "end-call", "x", NULL);
    g_signal_emit_by_name (a->element, "emit", "chat", "{");
    g_signal_emit_by_name (a->element, "emit", NULL, NULL);
    if (i == 0) {
      goes_to (a, GST_STATE_PLAYING);
      tells (a, "joined");
    }
  }
  tells (a, "roster-complete");
}
GST_END_TEST;

/* --- other servers --- */

typedef struct {
  LoopThread *thread;
  SioServer *server;
  GSocketService *listener;
  char *uri;
  char *auth;
} Server;

static void
on_server_event (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  if (g_strcmp0 (name, "chat") == 0)
    sio_server_socket_emit (socket, "chat-back", args, NULL);
  else if (g_strcmp0 (name, "kick-me") == 0)
    sio_server_socket_disconnect (socket);
  else if (g_strcmp0 (name, "join") == 0)
    sio_server_socket_emit (socket, "addPeer", args, NULL);
}

static void
on_server_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  g_signal_connect (socket, "event", G_CALLBACK (on_server_event), data);
}

static char *
on_authenticate (SioServer *sio, SioServerSocket *socket, gpointer data)
{
  Server *self = data;
  JsonNode *auth = sio_server_socket_get_auth (socket);
  g_autofree char *text =
      auth != NULL ? sio_json_print (auth, NULL, NULL) : NULL;

  return self->auth == NULL || g_strcmp0 (text, self->auth) == 0
      ? NULL
      : g_strdup ("wrong token");
}

static gboolean
start_server (gpointer data)
{
  Server *self = data;

  self->server = sio_server_new ();
  g_signal_connect (
      self->server, "connection", G_CALLBACK (on_server_connection), self);
  g_signal_connect (
      self->server, "authenticate", G_CALLBACK (on_authenticate), self);
  fail_unless (sio_server_listen (self->server, "127.0.0.1", 0, NULL));
  self->uri = g_strdup_printf (
      "http://127.0.0.1:%u", sio_server_get_port (self->server));
  return G_SOURCE_REMOVE;
}

static char *
data_file (const char *name)
{
  return g_build_filename (
      g_getenv ("G_TEST_SRCDIR"), "data", "tls", name, NULL);
}

/* In a thread of its own: does TLS, reads a request and refuses it. */
static gboolean
refuse_over_tls (GThreadedSocketService *service, GSocketConnection *connection,
    GObject *source, gpointer certificate)
{
  static const char answer[] =
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  g_autoptr (GIOStream) tls =
      g_tls_server_connection_new (G_IO_STREAM (connection), certificate, NULL);
  char request[4096];

  if (g_input_stream_read (g_io_stream_get_input_stream (tls), request,
          sizeof request, NULL, NULL)
      > 0)
    g_output_stream_write_all (g_io_stream_get_output_stream (tls), answer,
        strlen (answer), NULL, NULL, NULL);
  g_io_stream_close (tls, NULL, NULL);
  return TRUE;
}

static gboolean
start_https (gpointer data)
{
  Server *self = data;
  g_autofree char *cert = data_file ("localhost-cert.pem");
  g_autofree char *key = data_file ("localhost-key.pem");
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_files (cert, key, NULL);
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  fail_unless (certificate != NULL);
  self->listener = g_threaded_socket_service_new (2);
  g_signal_connect_data (self->listener, "run", G_CALLBACK (refuse_over_tls),
      certificate, (GClosureNotify) g_object_unref, 0);
  fail_unless (
      g_socket_listener_add_address (G_SOCKET_LISTENER (self->listener), any,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  self->uri = g_strdup_printf ("https://127.0.0.1:%u",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return G_SOURCE_REMOVE;
}

static gboolean
stop_server (gpointer data)
{
  Server *self = data;

  g_clear_object (&self->server);
  if (self->listener != NULL) {
    g_socket_service_stop (self->listener);
    g_socket_listener_close (G_SOCKET_LISTENER (self->listener));
  }
  g_clear_object (&self->listener);
  return G_SOURCE_REMOVE;
}

static Server *
server_new (GSourceFunc start, const char *auth)
{
  Server *self = g_new0 (Server, 1);

  self->auth = g_strdup (auth);
  self->thread = loop_thread_new ("server");
  fail_unless (loop_thread_call (self->thread, start, self, -1));
  return self;
}

static void
server_free (Server *self)
{
  loop_thread_call (self->thread, stop_server, self, -1);
  loop_thread_free (self->thread);
  g_free (self->uri);
  g_free (self->auth);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Server, server_free)

static Member *
member_at (Server *server, const char *settings)
{
  g_autofree char *line =
      g_strdup_printf ("uri=%s room=lobby %s", server->uri, settings);

  return member_new (line);
}

GST_START_TEST (test_own_events)
{
  g_autoptr (Server) server = server_new (start_server, "{\"token\":\"x\"}");
  g_autoptr (Member) a =
      member_at (server, "auth=\"{\\\"token\\\":\\\"x\\\"}\"");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  tells (a, "roster-complete");
  g_signal_emit_by_name (a->element, "emit", "chat", "[\"a\",{\"b\":1}]");
  tells (a, "event chat-back [\"a\",{\"b\":1}]");
  g_signal_emit_by_name (a->element, "emit", "chat", "{\"one\":true}");
  tells (a, "event chat-back [{\"one\":true}]");
}
GST_END_TEST;

/* A server may say goodbye because it restarts, but not again and again. */
GST_START_TEST (test_thrown_out)
{
  g_autoptr (Server) server = server_new (start_server, NULL);
  g_autoptr (Member) a =
      member_at (server, "reconnection-delay=10 reconnection-delay-max=20");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  for (int i = 0; i < 5; i++) {
    g_autofree char *told = NULL;

    tells (a, "joined");
    g_signal_emit_by_name (a->element, "emit", "kick-me", "[]");
    /* The first roster may be complete before. */
    told = next (a, "disconnected");
    if (g_strcmp0 (told, "roster-complete") == 0) {
      g_free (told);
      told = next (a, "disconnected");
    }
    fail_unless_equals_string (
        told, i < 4 ? "disconnected, will retry" : "disconnected");
  }
  posts (a, GST_MESSAGE_ERROR, "ended the connection 5 times");
}
GST_END_TEST;

/* What a server sends in a form of its own is told, and harms nothing. */
GST_START_TEST (test_malformed)
{
  g_autoptr (Server) server = server_new (start_server, NULL);
  g_autoptr (Member) a = member_at (server, "");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  tells (a, "joined");
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        a->bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);

    fail_unless (message != NULL);
    fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_ELEMENT);
    if (gst_structure_has_name (
            gst_message_get_structure (message), "roomcall/warning"))
      break;
  }
  tells (a, "roster-complete");
}
GST_END_TEST;

/* The dialect mesh puts the name into userdata. */
GST_START_TEST (test_user_data_no_object)
{
  g_autoptr (Member) host = host_new ();
  g_autoptr (Member) a = guest_new (host, "user-data=12 display-name=Ada");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  posts (a, GST_MESSAGE_ERROR, "Check the properties room, user-data");
}
GST_END_TEST;

GST_START_TEST (test_wrong_auth)
{
  g_autoptr (Server) server = server_new (start_server, "{\"token\":\"x\"}");
  g_autoptr (Member) a =
      member_at (server, "auth=\"{\\\"token\\\":\\\"y\\\"}\"");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  posts (a, GST_MESSAGE_ERROR, "wrong token");
  tells (a, "disconnected");
}
GST_END_TEST;

/* A server that does not know the word for joining. */
GST_START_TEST (test_wrong_dialect)
{
  g_autoptr (Server) server = server_new (start_server, NULL);
  g_autoptr (Member) a = member_at (server, "dialect=rooms timeout=300");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  posts (a, GST_MESSAGE_ERROR, "Set the property dialect");
}
GST_END_TEST;

/* One that takes connections and says nothing: no attempt waits for ever. */
static gboolean
start_silent (gpointer data)
{
  Server *self = data;
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  /* Stopped: the kernel takes the connections, and nobody reads them. */
  self->listener = g_socket_service_new ();
  g_socket_service_stop (self->listener);
  fail_unless (
      g_socket_listener_add_address (G_SOCKET_LISTENER (self->listener), any,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  self->uri = g_strdup_printf ("http://127.0.0.1:%u",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return G_SOURCE_REMOVE;
}

GST_START_TEST (test_silent_server)
{
  g_autoptr (Server) server = server_new (start_silent, NULL);
  g_autoptr (Member) a = member_at (server, "timeout=100");

  TEST_WATCHDOG (60);
  goes_to (a, GST_STATE_PLAYING);
  posts (a, GST_MESSAGE_WARNING, "did not answer in time");
}
GST_END_TEST;

GST_START_TEST (test_tls)
{
  g_autoptr (Server) server = server_new (start_https, NULL);
  g_autofree char *cert = data_file ("localhost-cert.pem");
  g_autofree char *setting = g_strdup_printf ("cafile=%s", cert);
  g_autoptr (Member) untrusting = member_at (server, "");
  g_autoptr (Member) trusting = member_at (server, setting);

  TEST_WATCHDOG (60);
  goes_to (untrusting, GST_STATE_PLAYING);
  posts (untrusting, GST_MESSAGE_ERROR, "Set the property cafile");
  /* Past TLS there is a server that says no. */
  goes_to (trusting, GST_STATE_PLAYING);
  posts (trusting, GST_MESSAGE_ERROR, "HTTP 403");
}
GST_END_TEST;

/* --- secrets --- */

GST_START_TEST (test_secrets)
{
  g_autoptr (Member) a = member_new (
      "uri=http://user:hunter2@127.0.0.1:1/?token=hunter2 room=lobby "
      "auth=\"{\\\"token\\\":\\\"hunter2\\\"}\" "
      "query=\"{\\\"token\\\":\\\"hunter2\\\"}\" "
      "headers=\"headers,Authorization=hunter2\"");
  GstElement *pipeline = gst_pipeline_new (NULL);
  g_autofree char *dot = NULL;

  TEST_WATCHDOG (60);
  gst_bin_add (GST_BIN (pipeline), a->element);
  dot =
      gst_debug_bin_to_dot_data (GST_BIN (pipeline), GST_DEBUG_GRAPH_SHOW_ALL);
  fail_unless (strstr (dot, "127.0.0.1:1") != NULL);
  fail_if (strstr (dot, "hunter2") != NULL, "%s", dot);
  gst_bin_remove (GST_BIN (pipeline), a->element);
  gst_object_unref (pipeline);
}
GST_END_TEST;

static Suite *
socketiosignaller_suite (void)
{
  Suite *suite = suite_create ("socketiosignaller");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_mesh);
  tcase_add_test (tcase, test_rooms);
  tcase_add_test (tcase, test_host_is_member);
  tcase_add_test (tcase, test_server_restart);
  tcase_add_test (tcase, test_server_comes_later);
  tcase_add_test (tcase, test_wrong_path);
  tcase_add_test (tcase, test_refused_by_room);
  tcase_add_loop_test (
      tcase, test_wrong_settings, 0, G_N_ELEMENTS (wrong_settings));
  tcase_add_test (tcase, test_join_by_hand);
  tcase_add_test (tcase, test_pause_stays);
  tcase_add_test (tcase, test_cycles);
  tcase_add_test (tcase, test_stop_from_handler);
  tcase_add_test (tcase, test_leave_is_bounded);
  tcase_add_test (tcase, test_return_before_left);
  tcase_add_test (tcase, test_actions_any_time);
  tcase_add_test (tcase, test_own_events);
  tcase_add_test (tcase, test_thrown_out);
  tcase_add_test (tcase, test_malformed);
  tcase_add_test (tcase, test_user_data_no_object);
  tcase_add_test (tcase, test_wrong_auth);
  tcase_add_test (tcase, test_wrong_dialect);
  tcase_add_test (tcase, test_silent_server);
  tcase_add_test (tcase, test_tls);
  tcase_add_test (tcase, test_secrets);
  return suite;
}

TEST_CHECK_MAIN (socketiosignaller)
