/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallererror.h"

#include <sio/sio.h>

GQuark
signaller_error_quark (void)
{
  return g_quark_from_static_string ("signaller-error");
}

/**
 * signaller_uri_for_display:
 * @uri: an address
 *
 * Returns: (transfer full): the address without what may be secret in it: user,
 *   password, query and fragment
 */
char *
signaller_uri_for_display (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);

  if (parsed == NULL)
    return g_strdup ("(no address)");
  return g_uri_to_string_partial (
      parsed, G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY | G_URI_HIDE_FRAGMENT);
}

static GError *
explain_status (const GError *cause, const char *uri, const char *path)
{
  guint status = sio_error_get_http_status (cause);

  switch (status) {
    case 401:
    case 403:
    case 407:
      return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_REFUSED,
          "%s does not let us in (HTTP %u). Set the properties auth, headers or "
          "query to what the application wants.",
          uri, status);
    case 404:
      return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_NOT_FOUND,
          "%s has no Socket.IO at %s (HTTP 404). Set the property path to where "
          "the application has it.",
          uri, path);
    case 408:
    case 425:
    case 429:
      return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
          "%s wants us to come back later (HTTP %u).", uri, status);
    default:
      break;
  }
  if (status >= 500)
    return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
        "%s is out of order (HTTP %u).", uri, status);
  if (status >= 400)
    return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_PROTOCOL,
        "%s does not accept a Socket.IO connection over WebSocket at %s (HTTP "
        "%u). Check the properties uri and path.",
        uri, path, status);
  if (status >= 300)
    return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_NOT_FOUND,
        "%s sends us elsewhere (HTTP %u). Set the property uri to the final "
        "address.",
        uri, status);
  return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_NOT_FOUND,
      "%s answers with a page and not with Socket.IO at %s (HTTP %u). Check the "
      "properties uri and path.",
      uri, path, status);
}

static GError *
explain_tls (const GError *cause, const char *uri)
{
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS))
    return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TLS,
        "%s does not speak TLS. Use http:// in the property uri if that is "
        "right.",
        uri);
  return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TLS,
      "The certificate of %s is not trusted: %s. Set the property cafile to the "
      "certificate of its authority; insecure-tls=true goes without any check.",
      uri, cause->message);
}

static GError *
explain_transport (const GError *cause, const char *uri)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
        "Nothing answers at %s. Is the server running, and are host and port of "
        "the property uri right?",
        uri);
  if (cause->domain == G_RESOLVER_ERROR
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
        "The host of %s is not known: %s. Check the property uri.", uri,
        cause->message);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (cause, SIO_ERROR, SIO_ERROR_TIMED_OUT))
    return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
        "%s did not answer in time.", uri);
  return g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
      "No connection to %s: %s.", uri, cause->message);
}

/**
 * signaller_error_explain:
 * @cause: why no connection came about
 * @uri: where to, as given
 * @path: the Socket.IO path on it
 * @nsp: the namespace
 * @fatal: (out): whether trying again can never help
 *
 * Says in words what happened and what to do about it, without what may be
 * secret.
 *
 * Returns: (transfer full): an error of the domain %SIGNALLER_ERROR
 */
GError *
signaller_error_explain (const GError *cause, const char *uri, const char *path,
    const char *nsp, gboolean *fatal)
{
  g_autofree char *shown = signaller_uri_for_display (uri);
  GError *error;

  if (g_error_matches (cause, SIO_ERROR, SIO_ERROR_HTTP_STATUS))
    error = explain_status (cause, shown, path);
  else if (cause->domain == G_TLS_ERROR)
    error = explain_tls (cause, shown);
  else if (g_error_matches (cause, SIO_ERROR, SIO_ERROR_CONNECT_REFUSED))
    error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_REFUSED,
        "%s refused the connection to the namespace %s: “%s”. Check the "
        "properties auth and namespace.",
        shown, nsp, cause->message);
  else if (g_error_matches (cause, SIO_ERROR, SIO_ERROR_UNSUPPORTED))
    error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_PROTOCOL,
        "%s speaks another revision of Socket.IO: %s.", shown, cause->message);
  else if (g_error_matches (cause, SIO_ERROR, SIO_ERROR_HANDSHAKE))
    error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_PROTOCOL,
        "%s does not do a WebSocket handshake at %s: %s.", shown, path,
        cause->message);
  else if (g_error_matches (cause, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT))
    error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "%s cannot be connected to: %s.", shown, cause->message);
  else
    error = explain_transport (cause, shown);

  *fatal = error->code != SIGNALLER_ERROR_TRANSPORT;
  return error;
}

/**
 * signaller_error_to_resource:
 * @error: why something failed, of whatever domain
 *
 * Returns: the code that an ERROR message about it has
 */
GstResourceError
signaller_error_to_resource (const GError *error)
{
  if (error->domain != SIGNALLER_ERROR)
    return GST_RESOURCE_ERROR_OPEN_READ_WRITE;
  switch ((SignallerError) error->code) {
    case SIGNALLER_ERROR_SETTINGS:
      return GST_RESOURCE_ERROR_SETTINGS;
    case SIGNALLER_ERROR_NOT_FOUND:
      return GST_RESOURCE_ERROR_NOT_FOUND;
    case SIGNALLER_ERROR_REFUSED:
    case SIGNALLER_ERROR_TLS:
      return GST_RESOURCE_ERROR_NOT_AUTHORIZED;
    case SIGNALLER_ERROR_PROTOCOL:
    case SIGNALLER_ERROR_TRANSPORT:
      break;
  }
  return GST_RESOURCE_ERROR_OPEN_READ_WRITE;
}
