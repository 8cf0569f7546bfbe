/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"
#include "localcertificate.h"
#include "loopthread.h"
#include "signallermember.h"

#include <sio/sio.h>
#include <string.h>

/* --- what can never work --- */

GST_START_TEST (test_wrong_path)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "path=/nowhere/");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_posts (a, GST_MESSAGE_ERROR, "Set the property path");
  member_tells (a, "disconnected");
}
GST_END_TEST;

GST_START_TEST (test_refused_by_room)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=rooms");
  g_autoptr (Member) b = member_new_guest (host, "dialect=mesh");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_goes_to (b, GST_STATE_PLAYING);
  member_posts (b, GST_MESSAGE_ERROR, "speaks the dialect rooms");
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
  { "uri=http://127.0.0.1:1 room=lobby dialect=klingon",
      "mesh, message, rooms" },
  { "uri=http://127.0.0.1:1 room=lobby path=nowhere", "slash" },
  { "uri=http://127.0.0.1:1 room=lobby auth=hunter2", "auth=env:NAME" },
  { "uri=http://127.0.0.1:1 room=lobby query=a=b", "query='" },
  { "uri=http://127.0.0.1:1 room=lobby query=env:ROOMCALL_NONE",
      "The property query names the environment variable ROOMCALL_NONE" },
  { "uri=http://127.0.0.1:1 room=lobby variables=file:/nowhere/none",
      "The property variables names a file that cannot be read" },
  { "uri=http://127.0.0.1:1 room=lobby ice-servers-url=env:ROOMCALL_NONE",
      "The property ice-servers-url names the environment variable" },
  { "uri=http://127.0.0.1:1 room=lobby headers=\"h,X-Token=file:/nowhere/none\"",
      "The property headers names a file that cannot be read" },
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
    member_goes_to (a, GST_STATE_PLAYING);
    return;
  }
  fail_unless_equals_int (gst_element_set_state (a->element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  member_posts (a, GST_MESSAGE_ERROR, wrong_settings[__i__].words);
}
GST_END_TEST;

/* --- other servers --- */

typedef struct {
  LoopThread *thread;
  SioServer *server;
  GSocketService *listener;
  char *uri;
  char *auth;
  /* How many more joins are refused, but for the first; atomic */
  gint refusals;
} Server;

static gboolean
refuses (Server *self, SioServerSocket *socket)
{
  g_autoptr (JsonNode) args = NULL;
  gboolean wants = g_atomic_int_get (&self->refusals) > 0;

  if (!wants)
    return FALSE;
  g_atomic_int_add (&self->refusals, -1);
  args = sio_json_parse ("[{\"reason\":\"no place\"}]", -1, NULL);
  sio_server_socket_emit (socket, "refused", args, NULL);
  return TRUE;
}

static void
on_server_event (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  Server *self = data;

  if (g_strcmp0 (name, "join") == 0 && refuses (self, socket))
    return;
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
      : g_strconcat ("wrong token: ", text, NULL);
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
  GTlsCertificate *certificate = local_certificate_load ();
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  /* More than one client makes: at its limit GLib stops to accept, and may miss
   * that it could go on. */
  self->listener = g_threaded_socket_service_new (16);
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
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  g_signal_emit_by_name (a->element, "emit", "chat", "[\"a\",{\"b\":1}]");
  member_tells (a, "event chat-back [\"a\",{\"b\":1}]");
  g_signal_emit_by_name (a->element, "emit", "chat", "{\"one\":true}");
  member_tells (a, "event chat-back [{\"one\":true}]");
}
GST_END_TEST;

/* The first roster may be complete before what the test waits for. */
static char *
next_but_roster (Member *self)
{
  char *told = member_next (self, "disconnected");

  if (!g_str_equal (told, "roster-complete"))
    return told;
  g_free (told);
  return member_next (self, "disconnected");
}

/* A server may say goodbye because it restarts, but not again and again. */
GST_START_TEST (test_thrown_out)
{
  g_autoptr (Server) server = server_new (start_server, NULL);
  g_autoptr (Member) a =
      member_at (server, "reconnection-delay=10 reconnection-delay-max=20");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  for (int i = 0; i < 5; i++) {
    g_autofree char *told = NULL;

    member_tells (a, "joined");
    g_signal_emit_by_name (a->element, "emit", "kick-me", "[]");
    told = next_but_roster (a);
    fail_unless_equals_string (
        told, i < 4 ? "disconnected, will retry" : "disconnected");
  }
  member_posts (a, GST_MESSAGE_ERROR, "ended the connection 5 times");
}
GST_END_TEST;

/* A server that has not noticed that we were gone takes us for somebody else: the
 * room is asked again. At first it is right. */
GST_START_TEST (test_refused_again)
{
  g_autoptr (Server) server = server_new (start_server, NULL);
  g_autoptr (Member) a =
      member_at (server, "reconnection-delay=10 reconnection-delay-max=20");
  g_autoptr (Member) b = member_at (server, "");
  g_autofree char *told = NULL;

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  g_atomic_int_set (&server->refusals, 2);
  g_signal_emit_by_name (a->element, "emit", "kick-me", "[]");
  member_tells (a, "disconnected, will retry");
  for (int i = 0; i < 2; i++) {
    member_tells (a, "joined");
    member_tells (a, "disconnected, will retry");
  }
  member_tells (a, "joined");
  member_tells (a, "roster-complete");

  g_atomic_int_set (&server->refusals, 1);
  member_goes_to (b, GST_STATE_PLAYING);
  member_tells (b, "joined");
  told = next_but_roster (b);
  fail_unless_equals_string (told, "disconnected");
  member_posts (b, GST_MESSAGE_ERROR, "no place");
}
GST_END_TEST;

/* What a server sends in a form of its own is told, and harms nothing. */
GST_START_TEST (test_malformed)
{
  g_autoptr (Server) server = server_new (start_server, NULL);
  g_autoptr (Member) a = member_at (server, "");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_warns (a, "in a form");
  member_tells (a, "roster-complete");
}
GST_END_TEST;

/* The dialect mesh puts the name into userdata. */
GST_START_TEST (test_user_data_no_object)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a =
      member_new_guest (host, "user-data=12 display-name=Ada");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_posts (a, GST_MESSAGE_ERROR, "Check the properties room, user-data");
}
GST_END_TEST;

GST_START_TEST (test_wrong_auth)
{
  g_autoptr (Server) server = server_new (start_server, "{\"token\":\"x\"}");
  g_autoptr (Member) a =
      member_at (server, "auth=\"{\\\"token\\\":\\\"hush\\\"}\"");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  /* The server quotes it; we do not. */
  member_posts (a, GST_MESSAGE_ERROR, "“wrong token: {\"token\":\"…\"}”");
  member_tells (a, "disconnected");
}
GST_END_TEST;

/* A server that does not know the word for joining. */
GST_START_TEST (test_wrong_dialect)
{
  g_autoptr (Server) server = server_new (start_server, NULL);
  g_autoptr (Member) a = member_at (server, "dialect=rooms timeout=300");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_posts (a, GST_MESSAGE_ERROR, "Set the property dialect");
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
  member_goes_to (a, GST_STATE_PLAYING);
  member_posts (a, GST_MESSAGE_WARNING, "did not answer in time");
}
GST_END_TEST;

GST_START_TEST (test_tls)
{
  g_autoptr (Server) server = server_new (start_https, NULL);
  g_autofree char *cert = local_certificate_get_path ();
  g_autofree char *setting = g_strdup_printf ("cafile=%s", cert);
  g_autoptr (Member) untrusting = member_at (server, "");
  g_autoptr (Member) trusting = member_at (server, setting);

  TEST_WATCHDOG (60);
  member_goes_to (untrusting, GST_STATE_PLAYING);
  member_posts (untrusting, GST_MESSAGE_ERROR, "Set the property cafile");
  /* Past TLS there is a server that says no. */
  member_goes_to (trusting, GST_STATE_PLAYING);
  member_posts (trusting, GST_MESSAGE_ERROR, "HTTP 403");
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
signallerrefusals_suite (void)
{
  Suite *suite = suite_create ("signallerrefusals");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_wrong_path);
  tcase_add_test (tcase, test_refused_by_room);
  tcase_add_loop_test (
      tcase, test_wrong_settings, 0, G_N_ELEMENTS (wrong_settings));
  tcase_add_test (tcase, test_own_events);
  tcase_add_test (tcase, test_thrown_out);
  tcase_add_test (tcase, test_refused_again);
  tcase_add_test (tcase, test_malformed);
  tcase_add_test (tcase, test_user_data_no_object);
  tcase_add_test (tcase, test_wrong_auth);
  tcase_add_test (tcase, test_wrong_dialect);
  tcase_add_test (tcase, test_silent_server);
  tcase_add_test (tcase, test_tls);
  tcase_add_test (tcase, test_secrets);
  return suite;
}

TEST_CHECK_MAIN (signallerrefusals)
