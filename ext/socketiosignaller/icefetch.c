/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icefetch.h"

#include "signallererror.h"
#include "signallermanager.h"

#include <sio/sio.h>
#include <string.h>

/* A server that has nothing to compute but a password answers in a moment. */
#define TIMEOUT_MS 5000
/* A list of sixteen servers with long tokens has a few KiB. */
#define MAX_SIZE (64 * 1024)
#define CHUNK_SIZE (8 * 1024)

struct _IceFetch {
  SoupSession *session;
  SoupMessage *message;
  GInputStream *body;
  GByteArray *bytes;
  GCancellable *cancellable;
  GSource *timeout;
  /* For people. */
  char *shown;
  gboolean timed_out;
  gboolean mistrusted;
  IceFetchDone done;
  gpointer data;
};

static void
fetch_free (IceFetch *self)
{
  g_source_destroy (self->timeout);
  g_source_unref (self->timeout);
  g_clear_object (&self->body);
  g_byte_array_unref (self->bytes);
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_object_unref (self->message);
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_free (self->shown);
  g_free (self);
}

static void finish (IceFetch *self, IceServers *servers, const char *format,
    ...) G_GNUC_PRINTF (3, 4);

/* @servers, or why there are none. Frees the fetch. */
static void
finish (IceFetch *self, IceServers *servers, const char *format, ...)
{
  IceFetchDone done = self->done;
  gpointer data = self->data;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL;
  va_list args;

  if (servers == NULL) {
    va_start (args, format);
    why = g_strdup_vprintf (format, args);
    va_end (args);
    error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
        "No ICE servers were fetched from %s: %s. Calls are made with what is "
        "set; if that is right, ice-servers-url=none asks for no others.",
        self->shown, why);
  }
  fetch_free (self);
  done (servers, error, data);
}

static void
finish_failed (IceFetch *self, const GError *error)
{
  if (self->timed_out)
    finish (self, NULL, "no answer in %d s", TIMEOUT_MS / 1000);
  else if (self->mistrusted)
    finish (self, NULL, "the server's certificate is not trusted");
  else
    finish (self, NULL, "%s", error->message);
}

/* --- the answer --- */

/* Cache-Control: max-age, in seconds (RFC 9111, section 5.2.2.1). */
static gint64
get_max_age (SoupMessage *message)
{
  const char *text = soup_message_headers_get_list (
      soup_message_get_response_headers (message), "Cache-Control");
  GHashTable *params;
  const char *age;
  gint64 seconds = 0;

  if (text == NULL)
    return 0;
  params = soup_header_parse_param_list (text);
  age = g_hash_table_lookup (params, "max-age");
  if (age != NULL)
    seconds = CLAMP (g_ascii_strtoll (age, NULL, 10), 0, G_MAXINT32);
  soup_header_free_param_list (params);
  return seconds;
}

/* Where neither user name nor "ttl" says how long a password counts. */
static void
set_missing_expiry (IceServers *servers, gint64 expires)
{
  for (guint i = 0; i < servers->list->len; i++) {
    IceServer *server = g_ptr_array_index (servers->list, i);

    if (server->expires == 0 && server->credential != NULL)
      server->expires = expires;
  }
}

static void
take_answer (IceFetch *self)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 max_age = get_max_age (self->message);
  g_autoptr (GError) error = NULL;
  IceServers *servers;
  JsonNode *node;

  node = sio_json_parse (
      (const char *) self->bytes->data, (gssize) self->bytes->len, NULL);
  if (node == NULL) {
    /* The reader's words would quote the text, which is secret. */
    finish (self, NULL, "the answer is no JSON");
    return;
  }
  servers = ice_servers_from_json (node, now, &error);
  json_node_unref (node);
  if (servers == NULL) {
    finish (self, NULL, "%s", error->message);
    return;
  }
  if (max_age > 0)
    set_missing_expiry (servers, now + max_age);
  finish (self, servers, "%s", "");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  IceFetch *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = g_input_stream_read_bytes_finish (
      G_INPUT_STREAM (source), result, &error);

  if (chunk == NULL) {
    finish_failed (self, error);
    return;
  }
  if (g_bytes_get_size (chunk) == 0) {
    take_answer (self);
    return;
  }
  g_byte_array_append (
      self->bytes, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  if (self->bytes->len > MAX_SIZE) {
    finish (self, NULL, "the answer has more than %d KiB", MAX_SIZE / 1024);
    return;
  }
  g_input_stream_read_bytes_async (self->body, CHUNK_SIZE, G_PRIORITY_DEFAULT,
      self->cancellable, on_read, self);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  IceFetch *self = data;
  g_autoptr (GError) error = NULL;
  guint status;

  self->body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->body == NULL) {
    finish_failed (self, error);
    return;
  }
  status = soup_message_get_status (self->message);
  if (SOUP_STATUS_IS_REDIRECTION (status))
    finish (self, NULL, "the server sends us elsewhere (HTTP %u)", status);
  else if (status != SOUP_STATUS_OK)
    finish (self, NULL, "HTTP %u", status);
  else
    g_input_stream_read_bytes_async (self->body, CHUNK_SIZE, G_PRIORITY_DEFAULT,
        self->cancellable, on_read, self);
}

/* --- the request --- */

static gboolean
on_timeout (gpointer data)
{
  IceFetch *self = data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
accept_any (SoupMessage *message, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

/* After the handshake, before anything is said: glib-networking does not look at
 * the certificate of a session that it resumes, whoever trusted it; the verdict
 * that it keeps is right. */
static void
on_starting (SoupMessage *message, gpointer data)
{
  IceFetch *self = data;

  if (soup_message_get_tls_peer_certificate_errors (message) == 0)
    return;
  self->mistrusted = TRUE;
  g_cancellable_cancel (self->cancellable);
}

/* The web address of a Socket.IO one, which may be ws: or wss:. */
static GUri *
get_server (const SignallerSettings *settings)
{
  const char *scheme = g_uri_peek_scheme (settings->uri);
  gboolean is_secure =
      g_str_equal (scheme, "https") || g_str_equal (scheme, "wss");
  g_autofree char *text = g_strconcat (
      is_secure ? "https" : "http", settings->uri + strlen (scheme), NULL);

  return g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);
}

static gboolean
is_same_origin (GUri *a, GUri *b)
{
  return g_strcmp0 (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0
      && g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0
      && g_uri_get_port (a) == g_uri_get_port (b);
}

/* Header fields are for the application's own server: tokens are in them. */
static void
add_headers (IceFetch *self, const SignallerSettings *settings)
{
  SoupMessageHeaders *headers =
      soup_message_get_request_headers (self->message);
  GHashTableIter iter;
  gpointer name, value;

  soup_message_headers_append (headers, "Accept", "application/json");
  if (settings->headers == NULL)
    return;
  g_hash_table_iter_init (&iter, settings->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    soup_message_headers_replace (headers, name, value);
}

/* For people. A path may be secret, too, as in addresses that work by themselves; one
 * of a dialect is in a file that everybody may read. */
static char *
get_shown (GUri *uri, gboolean is_secret)
{
  g_autoptr (GUri) shown = g_uri_build (G_URI_FLAGS_ENCODED,
      g_uri_get_scheme (uri), NULL, g_uri_get_host (uri), g_uri_get_port (uri),
      is_secret ? "" : g_uri_get_path (uri), NULL, NULL);

  return g_uri_to_string (shown);
}

static SoupSession *
make_session (const SignallerSettings *settings)
{
  g_autoptr (GTlsDatabase) database = NULL;
  SoupSession *session = soup_session_new ();

  /* Checked when the session was made. */
  if (settings->cafile != NULL)
    database = signaller_manager_open_cafile (settings->cafile, NULL);
  if (database != NULL)
    soup_session_set_tls_database (session, database);
  return session;
}

/**
 * ice_fetch_new:
 * @settings: of the session, which has an address
 * @address: a path on that server, or an address of http or https
 * @done: called when it is over
 * @data: handed to @done
 *
 * Begins to fetch. TLS is as in @settings, and to the same server go its header
 * fields.
 *
 * Returns: (transfer none): valid until @done is called
 */
IceFetch *
ice_fetch_new (const SignallerSettings *settings, const char *address,
    IceFetchDone done, gpointer data)
{
  IceFetch *self = g_new0 (IceFetch, 1);
  g_autoptr (GUri) server = get_server (settings);
  g_autoptr (GUri) uri =
      g_uri_parse_relative (server, address, SOUP_HTTP_URI_FLAGS, NULL);

  self->done = done;
  self->data = data;
  self->shown =
      get_shown (uri, g_strcmp0 (address, settings->ice_servers_url) == 0);
  self->bytes = g_byte_array_new ();
  self->cancellable = g_cancellable_new ();
  self->session = make_session (settings);
  self->message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  if (settings->insecure_tls)
    g_signal_connect (
        self->message, "accept-certificate", G_CALLBACK (accept_any), NULL);
  else
    g_signal_connect (
        self->message, "starting", G_CALLBACK (on_starting), self);
  if (is_same_origin (server, uri))
    add_headers (self, settings);

  self->timeout = g_timeout_source_new (TIMEOUT_MS);
  g_source_set_callback (self->timeout, on_timeout, self, NULL);
  g_source_attach (self->timeout, g_main_context_get_thread_default ());
  soup_session_send_async (self->session, self->message, G_PRIORITY_DEFAULT,
      self->cancellable, on_answer, self);
  return self;
}

/**
 * ice_fetch_cancel:
 * @self: a fetch that is not over
 *
 * Ends it soon, with an error.
 */
void
ice_fetch_cancel (IceFetch *self)
{
  g_cancellable_cancel (self->cancellable);
}
