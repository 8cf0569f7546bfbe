/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-arena.h"

#include <string.h>

/* Ways through proxies that give tunnels. */

typedef struct {
  const char *name;
  const char *kind;   /* of the proxy; see tunnel-proxy.py */
  const char *scheme; /* by which GIO knows it */
  const char *login;  /* that the proxy asks for, or NULL */
  const char *given;  /* what we say, or NULL */
  gboolean tls;
  gboolean polled;
  int error; /* of G_IO_ERROR, or -1 if it works */
} Way;

/* With TLS it is for us who the server is, without for the proxy. */
static const Way ways[] = {
  { "connect", "http", "http", NULL, NULL, FALSE, FALSE, -1 },
  { "connect/tls", "http", "http", NULL, NULL, TRUE, FALSE, -1 },
  { "connect/tls/polling", "http", "http", NULL, NULL, TRUE, TRUE, -1 },
  { "connect/login", "http", "http", "ada:l0ve", "ada:l0ve", FALSE, FALSE, -1 },
  { "connect/login/polling", "http", "http", "ada:l0ve", "ada:l0ve", FALSE,
      TRUE, -1 },
  { "connect/login/wrong", "http", "http", "ada:l0ve", "ada:s3cret", FALSE,
      FALSE, G_IO_ERROR_PROXY_AUTH_FAILED },
  { "connect/login/none", "http", "http", "ada:l0ve", NULL, FALSE, FALSE,
      G_IO_ERROR_PROXY_NEED_AUTH },
  { "connect/refused", "refuse", "http", NULL, NULL, FALSE, FALSE,
      G_IO_ERROR_PROXY_NOT_ALLOWED },
  { "socks4a", "socks4a", "socks4a", NULL, NULL, FALSE, FALSE, -1 },
  { "socks4a/polling", "socks4a", "socks4a", NULL, NULL, FALSE, TRUE, -1 },
  { "socks5", "socks5", "socks5", NULL, NULL, FALSE, FALSE, -1 },
  { "socks5/tls", "socks5", "socks5", NULL, NULL, TRUE, FALSE, -1 },
  { "socks5/polling", "socks5", "socks5", NULL, NULL, FALSE, TRUE, -1 },
  { "socks5/login", "socks5", "socks5", "ada:l0ve", "ada:l0ve", FALSE, FALSE,
      -1 },
  { "socks5/login/wrong", "socks5", "socks5", "ada:l0ve", "ada:s3cret", FALSE,
      FALSE, G_IO_ERROR_PROXY_AUTH_FAILED },
};

typedef struct {
  Arena arena;
  const Way *way;
  Helper *proxy;
  SioManager *manager;
  Log log;
} Street;

static void
set_up (Street *self, gconstpointer data)
{
  static const char *const websocket[] = { "websocket", NULL };
  static const char *const polling[] = { "polling", NULL };
  static const char *const hosts[] = { "server.invalid:81", NULL };
  const Way *way = data;
  ArenaKind kind = { .polled = way->polled };
  g_autofree char *uri = NULL;
  g_autofree char *port = NULL;
  g_autoptr (GProxyResolver) proxies = NULL;
  Arena *arena = &self->arena;

  arena_set_up (arena, &kind);
  self->way = way;
  if (arena->server != NULL)
    g_object_set (arena->server, "allowed-hosts", hosts, NULL);
  port = g_strdup_printf ("%u",
      way->tls          ? arena->port
          : way->polled ? arena->polled->port
                        : sio_server_get_port (arena->server));
  self->proxy =
      helper_start ("tunnel-proxy.py", way->kind, port, way->login, NULL);
  uri = g_strdup_printf ("%s://%s%s127.0.0.1:%u", way->scheme,
      way->given != NULL ? way->given : "", way->given != NULL ? "@" : "",
      helper_read_port (self->proxy));
  proxies = g_simple_proxy_resolver_new (uri, NULL);

  self->manager = arena_new_manager (arena, "localhost", TRUE);
  if (!way->tls)
    g_object_set (self->manager, "uri", "http://server.invalid:81", NULL);
  g_object_set (self->manager, "proxy-resolver", proxies, "transports",
      way->polled ? polling : websocket, NULL);
  log_watch (&self->log, sio_manager_get_socket (self->manager, NULL));
}

static void
tear_down (Street *self, gconstpointer data)
{
  log_clear (&self->log);
  g_object_unref (self->manager);
  helper_stop (self->proxy);
  arena_tear_down (&self->arena, NULL);
}

static void
test_way (Street *self, gconstpointer data)
{
  Arena *arena = &self->arena;

  sio_socket_connect (self->log.socket);
  if (self->way->polled) {
    fixture_wait (
        &arena->base, arena->polled->held != NULL && arena->polled->posts == 1);
    poll_server_say (arena->polled, "40{\"sid\":\"abc\"}");
  }
  fixture_wait (
      &arena->base, self->log.connects + self->log.connect_errors > 0);
  if (self->way->error < 0) {
    g_autofree char *tunnel = helper_read_line (self->proxy);
    g_autofree char *own = g_strdup_printf ("localhost:%u", arena->port);

    g_assert_no_error (self->log.error);
    g_assert_cmpstr (tunnel, ==, self->way->tls ? own : "server.invalid:81");
  } else {
    g_assert_error (self->log.error, G_IO_ERROR, self->way->error);
    g_assert_null (strstr (self->log.error->message, "s3cret"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree char *path = g_strconcat ("/tunnel/", ways[i].name, NULL);

    g_test_add (path, Street, &ways[i], set_up, test_way, tear_down);
  }
  return g_test_run ();
}
