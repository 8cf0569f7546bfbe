/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <string.h>

/* Clients that come back while the server has not noticed that they were gone. */

#define SECRET_LENGTH 22

typedef struct {
  SioServer *server;
  SioServerSocket *last;   /* that connected */
  SioServerSocket *former; /* what that was before */
  char *reason;            /* why one was disconnected */
} World;

static char *
on_authenticate (SioServer *server, SioServerSocket *socket, gpointer data)
{
  World *self = data;

  self->former = sio_server_socket_get_former (socket);
  return NULL;
}

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  World *self = data;

  g_free (self->reason);
  self->reason = g_strdup (reason);
}

static void
on_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  World *self = data;

  self->last = socket;
  g_assert_true (sio_server_socket_get_former (socket) == self->former);
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), self);
  if (self->former != NULL)
    sio_server_socket_disconnect (self->former);
}

static void
world_set_up (World *self, gboolean recognizes)
{
  *self = (World){ .server = server_new () };
  g_object_set (self->server, "recognize-clients", recognizes, NULL);
  g_signal_connect (
      self->server, "authenticate", G_CALLBACK (on_authenticate), self);
  g_signal_connect (
      self->server, "connection", G_CALLBACK (on_connection), self);
}

static void
world_clear (World *self)
{
  g_object_unref (self->server);
  g_free (self->reason);
}

/* Returns when the client is let in with @auth. */
static Raw *
enter (World *self, Fixture *fixture, const char *auth)
{
  Raw *raw = raw_connect (sio_server_get_port (self->server));
  g_autofree char *text = g_strconcat ("40", auth, NULL);

  raw_upgrade (raw);
  fixture_wait (fixture, raw_has (raw, "0{\"sid\":\""));
  raw_send_frame (raw, TRUE, text);
  fixture_wait (fixture, raw_has (raw, "40{\"sid\":\""));
  return raw;
}

/* What it brings when it comes back. */
static char *
dup_auth (Raw *raw)
{
  const char *secret = memmem (raw->received->data, raw->received->len,
      "\"pid\":\"", strlen ("\"pid\":\""));

  g_assert_nonnull (secret);
  secret += strlen ("\"pid\":\"");
  g_assert_cmpuint (strcspn (secret, "\""), ==, SECRET_LENGTH);
  return g_strdup_printf ("{\"pid\":\"%.*s\"}", SECRET_LENGTH, secret);
}

static void
test_known (Fixture *fixture, gconstpointer data)
{
  World world;
  Raw *first, *second, *third;
  SioServerSocket *socket;
  g_autofree char *auth = NULL;
  g_autofree char *next = NULL;

  world_set_up (&world, TRUE);
  first = enter (&world, fixture, "");
  socket = world.last;
  g_assert_null (world.former);
  auth = dup_auth (first);
  second = enter (&world, fixture, auth);
  g_assert_true (world.former == socket);
  g_assert_cmpstr (world.reason, ==, "server namespace disconnect");
  fixture_wait (fixture, raw_has (first, "41"));
  /* It has another one each time, and the old one is worth nothing. */
  next = dup_auth (second);
  g_assert_cmpstr (next, !=, auth);
  third = enter (&world, fixture, auth);
  g_assert_null (world.former);
  raw_free (first);
  raw_free (second);
  raw_free (third);
  world_clear (&world);
}

/* Who is gone as far as the server knows is nobody. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  World world;
  Raw *first, *second;
  g_autofree char *auth = NULL;

  world_set_up (&world, TRUE);
  first = enter (&world, fixture, "");
  auth = dup_auth (first);
  raw_free (first);
  fixture_wait (fixture, world.reason != NULL);
  second = enter (&world, fixture, auth);
  g_assert_null (world.former);
  raw_free (second);
  world_clear (&world);
}

static void
test_unknown (Fixture *fixture, gconstpointer data)
{
  static const char *const auths[] = { "{\"pid\":\"\"}", "{\"pid\":7}",
    "{\"pid\":null}", "{\"pid\":[\"x\"]}",
    "{\"pid\":\"AAAAAAAAAAAAAAAAAAAAAA\"}" };
  World world;
  Raw *first;

  world_set_up (&world, TRUE);
  first = enter (&world, fixture, "");
  for (gsize i = 0; i < G_N_ELEMENTS (auths); i++) {
    Raw *other = enter (&world, fixture, auths[i]);

    g_assert_null (world.former);
    raw_free (other);
  }
  raw_free (first);
  world_clear (&world);
}

/* The id, which others know, is not the secret. */
static void
test_id (Fixture *fixture, gconstpointer data)
{
  World world;
  Raw *first, *second;
  g_autofree char *auth = NULL;

  world_set_up (&world, TRUE);
  first = enter (&world, fixture, "");
  auth = g_strdup_printf (
      "{\"pid\":\"%s\"}", sio_server_socket_get_id (world.last));
  second = enter (&world, fixture, auth);
  g_assert_null (world.former);
  raw_free (first);
  raw_free (second);
  world_clear (&world);
}

static void
test_off (Fixture *fixture, gconstpointer data)
{
  World world;
  Raw *first;

  world_set_up (&world, FALSE);
  first = enter (&world, fixture, "{\"pid\":\"x\"}");
  g_assert_false (raw_has (first, "\"pid\""));
  g_assert_null (world.former);
  raw_free (first);
  world_clear (&world);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  fixture_tear_down (fixture);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/recognition/known", test_known },
    { "/recognition/gone", test_gone },
    { "/recognition/unknown", test_unknown },
    { "/recognition/id", test_id },
    { "/recognition/off", test_off },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, setup, tests[i].test, teardown);
  return g_test_run ();
}
