/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* Makes the connection to a server, through a proxy where there is one, and
 * hands it out only when its certificate is one to be trusted: no word of ours
 * has been said to anybody else. */

static void
on_event (GSocketClient *client, GSocketClientEvent event,
    GSocketConnectable *connectable, GIOStream *stream, gpointer data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    sio_target_prepare_tls (data, G_TLS_CONNECTION (stream));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  SioTarget *target = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (connection == NULL
      || !sio_target_check_tls (target, G_IO_STREAM (connection), &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP,
      TCP_NODELAY, TRUE, NULL);
  g_task_return_pointer (task, g_steal_pointer (&connection), g_object_unref);
}

/* There is no time limit but the cancellable. */
void
sio_dial_async (SioTarget *target, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = NULL;
  GError *error = NULL;
  g_autofree char *authority = sio_target_dup_authority (target);
  g_autofree char *uri =
      g_strdup_printf ("%s://%s/", target->tls ? "https" : "http", authority);

  g_task_set_source_tag (task, sio_dial_async);
  g_task_set_task_data (
      task, sio_target_ref (target), (GDestroyNotify) sio_target_unref);

  /* As a URI, so that the proxy resolver sees the scheme. */
  address = g_network_address_parse_uri (uri, target->port, &error);
  if (address == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_socket_client_set_tls (client, target->tls);
  g_socket_client_set_enable_proxy (client, !sio_target_is_local (target));
  if (target->proxies != NULL) {
    g_socket_client_set_proxy_resolver (client, target->proxies);
    g_socket_client_set_enable_proxy (client, TRUE);
  }
  /* The task holds the target for as long as the client may ask for it. */
  g_signal_connect (client, "event", G_CALLBACK (on_event), target);
  g_socket_client_connect_async (
      client, address, cancellable, on_connected, task);
}

/* Returns a connection whose two sides can be polled. */
GIOStream *
sio_dial_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What is asked of a proxy; NULL if none is to be. */
static GProxyResolver *
peek_resolver (SioTarget *target)
{
  if (target->proxies != NULL)
    return target->proxies;
  return sio_target_is_local (target) ? NULL : g_proxy_resolver_get_default ();
}

static void
on_tunnel_dialed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GIOStream *stream = sio_dial_finish (result, &error);

  if (stream != NULL)
    g_task_return_pointer (task, stream, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* Takes the task over. */
static void
dial_server (GTask *task)
{
  SioTarget *target = g_task_get_task_data (task);

  sio_dial_async (
      target, g_task_get_cancellable (task), on_tunnel_dialed, task);
}

/* The task's own source tells whom it reached. */
static int to_proxy_tag;

static void
on_proxy_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GSocketConnection *connection = g_socket_client_connect_to_uri_finish (
      G_SOCKET_CLIENT (source), result, &error);

  if (connection == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_task_set_source_tag (task, &to_proxy_tag);
  g_task_return_pointer (task, connection, g_object_unref);
}

/* A proxy that wants a name and password is asked for a tunnel, as GLib knows how
 * to say them there. */
static gboolean
takes_requests (const char *proxy)
{
  g_autoptr (GUri) uri = g_uri_parse (proxy, G_URI_FLAGS_HAS_PASSWORD, NULL);

  return uri != NULL && strcmp (g_uri_get_scheme (uri), "http") == 0
      && g_uri_get_userinfo (uri) == NULL;
}

static void
on_proxies_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_auto (GStrv) proxies =
      g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, NULL);
  g_autoptr (GSocketClient) client = NULL;

  if (proxies == NULL || proxies[0] == NULL || !takes_requests (proxies[0])) {
    dial_server (g_steal_pointer (&task));
    return;
  }
  client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_uri_async (client, proxies[0], 80, cancellable,
      on_proxy_connected, g_steal_pointer (&task));
}

/* As sio_dial_async(), but to a proxy itself where requests without TLS are sent
 * to one: most give no tunnel to where no TLS is spoken. */
void
sio_dial_http_async (SioTarget *target, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GProxyResolver *resolver = target->tls ? NULL : peek_resolver (target);
  g_autofree char *authority = NULL;
  g_autofree char *uri = NULL;

  g_task_set_task_data (
      task, sio_target_ref (target), (GDestroyNotify) sio_target_unref);
  if (resolver == NULL) {
    dial_server (task);
    return;
  }
  authority = sio_target_dup_authority (target);
  uri = g_strdup_printf ("http://%s/", authority);
  g_proxy_resolver_lookup_async (
      resolver, uri, cancellable, on_proxies_found, task);
}

/* @to_proxy tells that requests are to name the server. */
GIOStream *
sio_dial_http_finish (GAsyncResult *result, gboolean *to_proxy, GError **error)
{
  GTask *task = G_TASK (result);

  *to_proxy = g_task_get_source_tag (task) == &to_proxy_tag;
  return g_task_propagate_pointer (task, error);
}

/* What is still unsent is not waited for. */
void
sio_dial_hang_up (GIOStream *stream)
{
  if (G_IS_SOCKET_CONNECTION (stream))
    g_socket_close (
        g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)), NULL);
  else
    g_io_stream_close (stream, NULL, NULL);
}
