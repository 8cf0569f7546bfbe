/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallermember.h"

#include "common/testcheck.h"

#include <string.h>

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
  const char *client_id = gst_structure_get_string (info, "client-id");
  const char *userdata = gst_structure_get_string (info, "userdata");

  tell (self,
      g_strdup_printf ("peer-joined %s %s%s%s%s%s%s%s", id, role,
          name != NULL ? " " : "", name != NULL ? name : "",
          client_id != NULL ? " client " : "",
          client_id != NULL ? client_id : "", userdata != NULL ? " " : "",
          userdata != NULL ? userdata : ""));
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
  tell (self,
      g_strdup_printf ("call-ended %s: %s", id != NULL ? id : "?", reason));
}

/* The first address of each, as the contract has it, with user and password. */
static void
on_ice_servers (GstElement *element, const char *id,
    const GstStructure *structure, Member *self)
{
  const GValue *servers = gst_structure_get_value (structure, "servers");
  GString *text = g_string_new ("ice-servers");

  g_string_append_printf (text, " %s:", id != NULL ? id : "*");
  for (guint i = 0; i < gst_value_array_get_size (servers); i++) {
    const GstStructure *server =
        gst_value_get_structure (gst_value_array_get_value (servers, i));
    const GValue *urls = gst_structure_get_value (server, "urls");
    const char *username = gst_structure_get_string (server, "username");

    g_string_append_printf (
        text, " %s", g_value_get_string (gst_value_array_get_value (urls, 0)));
    if (username != NULL)
      g_string_append_printf (text, " %s %s", username,
          gst_structure_get_string (server, "credential"));
  }
  tell (self, g_string_free (text, FALSE));
}

static void
on_event (GstElement *element, const char *name, const char *json, Member *self)
{
  tell (self, g_strdup_printf ("event %s %s", name, json));
}

/* The properties as gst-launch-1.0 has them. */
Member *
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
  CONNECT ("ice-servers", on_ice_servers);
  CONNECT ("event", on_event);
#undef CONNECT
  return self;
}

void
member_goes_to (Member *self, GstState state)
{
  fail_unless_equals_int (
      gst_element_set_state (self->element, state), GST_STATE_CHANGE_SUCCESS);
}

void
member_free (Member *self)
{
  member_goes_to (self, GST_STATE_NULL);
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

/* The thread that called the handler ends after it, and then lets go; the messages
 * on the bus hold on to the element too. */
void
member_is_let_go (Member *self)
{
  gst_bus_set_flushing (self->bus, TRUE);
  while (GST_OBJECT_REFCOUNT_VALUE (self->element) > 1)
    g_thread_yield ();
}

/* The next thing that the member tells. */
char *
member_next (Member *self, const char *waiting_for)
{
  gint64 deadline = test_deadline (20);
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

void
member_tells (Member *self, const char *format, ...)
{
  g_autofree char *expected = NULL;
  g_autofree char *told = NULL;
  va_list args;

  va_start (args, format);
  expected = g_strdup_vprintf (format, args);
  va_end (args);
  told = member_next (self, expected);
  fail_unless_equals_string (told, expected);
}

void
member_finds (Member *self, const char *format, ...)
{
  static const char complete[] = "roster-complete";
  g_autofree char *expected = NULL;
  g_autofree char *told = NULL;
  g_autofree char *behind = NULL;
  va_list args;

  va_start (args, format);
  expected = g_strdup_vprintf (format, args);
  va_end (args);
  told = member_next (self, expected);
  behind = member_next (self, complete);
  if (g_str_equal (told, complete)) {
    fail_unless_equals_string (behind, expected);
  } else {
    fail_unless_equals_string (told, expected);
    fail_unless_equals_string (behind, complete);
  }
}

void
member_tells_nothing (Member *self)
{
  g_mutex_lock (&self->lock);
  fail_unless_equals_int (self->told.length, 0);
  g_mutex_unlock (&self->lock);
}

/* Waits for a message; its text must have the words in it. */
void
member_posts (Member *self, GstMessageType type, const char *words)
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

/* Waits for a roomcall/warning whose text has @words in it. */
void
member_warns (Member *self, const char *words)
{
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        self->bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    const GstStructure *structure;

    fail_unless (message != NULL, "no warning of %s", words);
    fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_ELEMENT);
    structure = gst_message_get_structure (message);
    if (gst_structure_has_name (structure, "roomcall/warning")
        && strstr (gst_structure_get_string (structure, "text"), words) != NULL)
      return;
  }
}

/* Waits for roomcall/connection with this state. */
void
member_reaches (Member *self, const char *state)
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

void
member_sends_description (
    Member *self, Member *to, const char *type, const char *sdp)
{
  g_signal_emit_by_name (self->element, "send-description", to->id, type, sdp);
}

void
member_sends_candidate (
    Member *self, Member *to, int mline, const char *mid, const char *candidate)
{
  g_signal_emit_by_name (
      self->element, "send-candidate", to->id, mline, mid, candidate);
}

/* A server, and its address in a line of settings. */
Member *
member_new_host (void)
{
  Member *host = member_new ("run-signalling-server=true");

  member_goes_to (host, GST_STATE_PAUSED);
  return host;
}

Member *
member_new_guest (Member *host, const char *settings)
{
  g_autofree char *uri = NULL;
  g_autofree char *line = NULL;

  g_object_get (host->element, "uri", &uri, NULL);
  line = g_strdup_printf ("uri=%s reconnection-delay=20 "
                          "reconnection-delay-max=100 room=lobby %s",
      uri, settings);
  return member_new (line);
}
