/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-target.h"

#include "sio-error.h"

#include <string.h>

static gboolean
fail_uri (GError **error, const char *what)
{
  g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
      "the address of the server %s", what);
  return FALSE;
}

/* The host goes into a header, percent escapes undone. */
static gboolean
read_host (SioTarget *self, const char *host)
{
  if (host == NULL || host[0] == '\0')
    return FALSE;
  self->host = g_hostname_to_ascii (host);
  for (const char *at = self->host; at != NULL && *at != '\0'; at++) {
    if (!g_ascii_isgraph (*at) || strchr ("/\\@?#,", *at) != NULL)
      return FALSE;
  }
  return self->host != NULL;
}

static gboolean
read_scheme (SioTarget *self, GUri *uri, GError **error)
{
  const char *scheme = g_uri_get_scheme (uri);
  int port = g_uri_get_port (uri);

  self->tls = strcmp (scheme, "https") == 0 || strcmp (scheme, "wss") == 0;
  if (!self->tls && strcmp (scheme, "http") != 0 && strcmp (scheme, "ws") != 0)
    return fail_uri (error, "must begin with http, https, ws or wss");
  if (g_uri_get_userinfo (uri) != NULL)
    return fail_uri (error, "must not hold a name or password");
  if (!read_host (self, g_uri_get_host (uri)))
    return fail_uri (error, "has no host that can be used");
  self->port = (guint16) (port > 0 ? port : self->tls ? 443 : 80);
  return TRUE;
}

/* Returns what is to follow what Engine.IO asks itself. */
static char *
escape_query (const char *first, const char *second)
{
  const char *parts[] = { first, second };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *escaped = NULL;

    if (parts[i] == NULL || parts[i][0] == '\0')
      continue;
    /* What is a percent escape stays one. */
    escaped = g_uri_escape_string (
        parts[i], G_URI_RESERVED_CHARS_ALLOWED_IN_PATH "?%[]", FALSE);
    g_string_append_c (out, '&');
    g_string_append (out, escaped);
  }
  return g_string_free (out, FALSE);
}

/* @uri is scheme, host and port, and may have a query; its path is not used, as
 * @path is where Engine.IO is. @query is added to what Engine.IO asks. */
SioTarget *
sio_target_new (
    const char *uri, const char *path, const char *query, GError **error)
{
  g_autoptr (SioTarget) self = g_rc_box_new0 (SioTarget);
  g_autoptr (GUri) parsed = NULL;
  g_autofree char *escaped = NULL;

  parsed = g_uri_parse (
      uri, G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (parsed == NULL) {
    fail_uri (error, "is not a URI");
    return NULL;
  }
  if (!read_scheme (self, parsed, error))
    return NULL;
  escaped = g_uri_escape_string (
      path, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH "%", FALSE);
  self->path = g_strconcat (escaped[0] == '/' ? "" : "/", escaped, NULL);
  self->query = escape_query (g_uri_get_query (parsed), query);
  self->cookies = sio_cookies_new ();
  return g_steal_pointer (&self);
}

SioTarget *
sio_target_ref (SioTarget *self)
{
  return g_rc_box_acquire (self);
}

static void
target_clear (gpointer data)
{
  SioTarget *self = data;

  g_free (self->host);
  g_free (self->path);
  g_free (self->query);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_object (&self->database);
  g_clear_object (&self->pinned);
  g_clear_object (&self->certificate);
  g_clear_object (&self->proxies);
  g_clear_pointer (&self->cookies, sio_cookies_free);
}

void
sio_target_unref (SioTarget *self)
{
  g_rc_box_release_full (self, target_clear);
}

/* What the Host header says. */
char *
sio_target_dup_authority (SioTarget *self)
{
  gboolean bracketed = strchr (self->host, ':') != NULL;
  guint16 usual = self->tls ? 443 : 80;
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, bracketed ? "[%s]" : "%s", self->host);
  if (self->port != usual)
    g_string_append_printf (out, ":%u", self->port);
  return g_string_free (out, FALSE);
}

/* Path and query of a request of Engine.IO. */
char *
sio_target_dup_resource (
    SioTarget *self, guint revision, const char *transport, const char *session)
{
  GString *out = g_string_new (self->path);

  g_string_append_printf (out, "?EIO=%u&transport=%s", revision, transport);
  if (session != NULL)
    g_string_append_printf (out, "&sid=%s", session);
  g_string_append (out, self->query);
  return g_string_free (out, FALSE);
}

/* The application's headers, and the cookies. */
SoupMessageHeaders *
sio_target_dup_headers (SioTarget *self)
{
  SoupMessageHeaders *headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  const char *own = NULL;
  g_autofree char *cookies = NULL;

  if (self->headers != NULL) {
    SoupMessageHeadersIter iter;
    const char *name, *value;

    soup_message_headers_iter_init (&iter, self->headers);
    while (soup_message_headers_iter_next (&iter, &name, &value))
      soup_message_headers_append (headers, name, value);
    own = soup_message_headers_get_one (self->headers, "Cookie");
  }
  cookies = sio_cookies_print (self->cookies, own);
  if (cookies != NULL)
    soup_message_headers_replace (headers, "Cookie", cookies);
  return headers;
}

/* Nobody wants a proxy to be asked for this machine itself, though GLib's
 * resolver does so when http_proxy is set. */
gboolean
sio_target_is_local (SioTarget *self)
{
  g_autoptr (GInetAddress) address =
      g_inet_address_new_from_string (self->host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (self->host, "localhost") == 0;
}

static gboolean
is_pinned (SioTarget *self, GTlsCertificate *certificate)
{
  return self->pinned != NULL && certificate != NULL
      && g_tls_certificate_is_same (self->pinned, certificate);
}

/* Asked only about a certificate that is found wrong. */
static gboolean
on_accept (GTlsConnection *tls, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer data)
{
  SioTarget *self = data;

  return self->insecure || is_pinned (self, certificate);
}

static void
release (gpointer target, GClosure *closure)
{
  sio_target_unref (target);
}

/* Before the handshake. */
void
sio_target_prepare_tls (SioTarget *self, GTlsConnection *tls)
{
  if (self->database != NULL)
    g_tls_connection_set_database (tls, self->database);
  if (self->certificate != NULL)
    g_tls_connection_set_certificate (tls, self->certificate);
  if (self->insecure || self->pinned != NULL)
    g_signal_connect_data (tls, "accept-certificate", G_CALLBACK (on_accept),
        sio_target_ref (self), release, 0);
}

static GTlsConnection *
peek_tls (GIOStream *stream)
{
  if (G_IS_TCP_WRAPPER_CONNECTION (stream))
    stream = g_tcp_wrapper_connection_get_base_io_stream (
        G_TCP_WRAPPER_CONNECTION (stream));
  return G_IS_TLS_CONNECTION (stream) ? G_TLS_CONNECTION (stream) : NULL;
}

/* After the handshake, and before anything is said. glib-networking does not
 * look at the certificate of a session that it resumes, and resumes sessions
 * that anything in the process began, whatever it trusted. The verdict it keeps
 * is right, so it is asked here each time. */
gboolean
sio_target_check_tls (SioTarget *self, GIOStream *stream, GError **error)
{
  GTlsConnection *tls = peek_tls (stream);
  GTlsCertificate *certificate = NULL;

  if (!self->tls || self->insecure)
    return TRUE;
  if (tls != NULL)
    certificate = g_tls_connection_get_peer_certificate (tls);
  if (certificate != NULL
      && (self->pinned != NULL
              ? is_pinned (self, certificate)
              : g_tls_connection_get_peer_certificate_errors (tls) == 0))
    return TRUE;
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
      "the certificate of %s is not one to be trusted", self->host);
  return FALSE;
}
