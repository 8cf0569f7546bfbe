/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The room server as a program of its own. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "roomserver.h"
#include "serveroptions.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define EXIT_OPTIONS 2
/* What is said last to clients: the longest is a poll that has to be asked for. */
#define FAREWELL_MS 1000

static void
print_line (const char *line, gpointer data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");

  fprintf (stderr, "%s %s\n", time, line);
}

static int
complain (const GError *error, int status)
{
  fprintf (stderr, "roomcall-server: %s\n", error->message);
  return status;
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_farewell (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

/* A client that polls has two, and more come for the page, or to be told that it is
 * full. */
static guint
count_connections (guint clients)
{
  return 2 * clients + 16;
}

static RoomServer *
make_server (ServerOptions *options, GError **error)
{
  g_autoptr (RoomServer) server = room_server_new ();
  SioServer *sio = room_server_get_sio (server);

  g_object_set (sio, "allow-eio3", options->allow_eio3, "allowed-origins",
      options->origins, "allowed-hosts", options->allowed_hosts, NULL);
  if (options->max_clients > 0)
    g_object_set (sio, "max-sessions", options->max_clients, "max-connections",
        count_connections (options->max_clients), NULL);
  if (options->max_clients_per_address > 0)
    g_object_set (sio, "max-sessions-per-address",
        options->max_clients_per_address, "max-connections-per-address",
        count_connections (options->max_clients_per_address), NULL);
  room_server_set_dialect (server, options->dialect);
  room_server_set_token (server, options->token);
  room_server_set_log (server, print_line, NULL);
  room_server_take_ice (server, g_steal_pointer (&options->ice));
  if (options->metrics)
    room_server_enable_metrics (server);
  if (options->web_root != NULL) {
    WebRoot *root = web_root_new (options->web_root, error);

    if (root == NULL) {
      g_prefix_error (
          error, "--web-root names a folder that cannot be opened: ");
      return NULL;
    }
    room_server_take_web_root (server, root);
  }
  return g_steal_pointer (&server);
}

static void
announce (RoomServer *server, const ServerOptions *options)
{
  g_autofree char *uri = room_server_get_uri (server);
  g_autofree char *meaning = server_options_explain_host (options);

  printf ("Listening: %s\n", uri);
  fflush (stdout);
  if (meaning != NULL)
    fprintf (stderr, "%s\n", meaning);
}

/* Until a signal, which may come as soon as somebody knows that it listens; a second
 * one does not wait for the farewell. */
static void
run (RoomServer *server, const ServerOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint sources[] = { g_unix_signal_add (SIGINT, on_signal, loop),
    g_unix_signal_add (SIGTERM, on_signal, loop) };

  announce (server, options);
  g_main_loop_run (loop);
  print_line ("shutting down", NULL);
  if (room_server_close (server) > 0) {
    g_timeout_add (FAREWELL_MS, on_farewell, loop);
    g_main_loop_run (loop);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
}

int
main (int argc, char **argv)
{
  g_autoptr (ServerOptions) options = NULL;
  g_autoptr (RoomServer) server = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_auto (GStrv) environment = g_get_environ ();

  setlocale (LC_ALL, "");
  options = server_options_parse (
      &arguments, (const char *const *) environment, &error);
  if (options == NULL)
    return complain (error, EXIT_OPTIONS);
  if (options->show_version) {
    printf ("roomcall-server " VERSION "\n");
    return EXIT_SUCCESS;
  }
  /* The end of whoever reads the log is not the server's. */
  signal (SIGPIPE, SIG_IGN);
  server = make_server (options, &error);
  if (server == NULL)
    return complain (error, EXIT_OPTIONS);
  if (!room_server_listen (server, options->host, options->port, &error))
    return complain (error, EXIT_FAILURE);
  run (server, options);
  return EXIT_SUCCESS;
}
