/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-request-check.h"

#include "sio-engine-packet.h"
#include "sio-host-check.h"

#include <string.h>

/* The codes and their words are Engine.IO's, which clients compare with. */
static const SioRefusal bad_method = { 400, 2, "Bad handshake method" };
static const SioRefusal bad_upgrade = { 400, 3,
  "Bad request: not a WebSocket handshake" };
static const SioRefusal bad_revision = { 400, 5,
  "Unsupported protocol version" };
static const SioRefusal bad_transport = { 400, 0, "Transport unknown" };
static const SioRefusal unknown_sid = { 400, 1, "Session ID unknown" };
static const SioRefusal bad_origin = { 403, 4,
  "Forbidden: the origin is not allowed" };
static const SioRefusal bad_host = { 403, 4,
  "Forbidden: the host is not allowed" };

const SioRefusal sio_refusal_bad_request = { 400, 3, "Bad request" };
/* No other client's fault: it may be tried again. */
const SioRefusal sio_refusal_too_many = { 503, 3,
  "Bad request: too many sessions" };

/* A page may come from the server itself, or from where it was allowed from. A
 * program that is no browser sends no origin. */
static gboolean
is_origin_allowed (const SioRequest *request)
{
  const char *authority;

  if (request->origin == NULL)
    return TRUE;
  if (request->allowed_origins != NULL)
    return g_strv_contains (request->allowed_origins, request->origin)
        || g_strv_contains (request->allowed_origins, "*");
  authority = strstr (request->origin, "://");
  return authority != NULL
      && g_ascii_strcasecmp (authority + 3, request->host) == 0;
}

static gboolean
is_revision_spoken (const SioRequest *request)
{
  if (g_strcmp0 (request->revision, G_STRINGIFY (SIO_ENGINE_REVISION)) == 0)
    return TRUE;
  return request->allow_old
      && g_strcmp0 (request->revision, G_STRINGIFY (SIO_ENGINE_OLD_REVISION))
      == 0;
}

/* What is wrong with whom a request is for, or NULL. */
const SioRefusal *
sio_request_check_host (
    const char *host, const char *machine, const char *const *allowed)
{
  /* Two Host headers come as one with a comma. */
  if (host == NULL || strpbrk (host, ", ") != NULL)
    return &sio_refusal_bad_request;
  return sio_host_check (host, machine, allowed) ? NULL : &bad_host;
}

/* What is wrong with the request whatever it is for, or NULL. */
static const SioRefusal *
check_common (const SioRequest *request, gboolean websocket)
{
  const SioRefusal *host = sio_request_check_host (
      request->host, request->machine, request->allowed_hosts);

  if (host != NULL)
    return host;
  if (request->ambiguous)
    return &sio_refusal_bad_request;
  if (!is_origin_allowed (request))
    return &bad_origin;
  if (!websocket && g_strcmp0 (request->transport, "polling") != 0)
    return &bad_transport;
  if (!is_revision_spoken (request))
    return &bad_revision;
  if (request->session == SIO_SESSION_UNKNOWN
      || (request->session == SIO_SESSION_ENDED
          && (websocket || g_strcmp0 (request->method, "GET") != 0)))
    return &unknown_sid;
  return NULL;
}

static SioRequestKind
refuse (const SioRefusal *with, const SioRefusal **refusal)
{
  *refusal = with;
  return SIO_REQUEST_REFUSED;
}

/* Decides on a request to the path of Engine.IO. @refusal is how to answer what
 * is refused. */
SioRequestKind
sio_request_check (const SioRequest *request, const SioRefusal **refusal)
{
  gboolean websocket = g_strcmp0 (request->transport, "websocket") == 0;
  gboolean get = g_strcmp0 (request->method, "GET") == 0;
  const SioRefusal *common = check_common (request, websocket);

  *refusal = NULL;
  if (common != NULL)
    return refuse (common, refusal);
  if (websocket && !get)
    return refuse (&bad_method, refusal);
  if (websocket && !request->upgrade)
    return refuse (&bad_upgrade, refusal);
  if (websocket)
    return SIO_REQUEST_WEBSOCKET;
  if (request->upgrade || request->session == SIO_SESSION_WEBSOCKET)
    return refuse (&sio_refusal_bad_request, refusal);
  if (request->session == SIO_SESSION_NONE)
    return get ? SIO_REQUEST_OPEN : refuse (&bad_method, refusal);
  if (get)
    return SIO_REQUEST_POLL;
  if (g_strcmp0 (request->method, "POST") == 0)
    return SIO_REQUEST_POST;
  return refuse (&bad_method, refusal);
}

/* The body of the answer. */
char *
sio_refusal_print (const SioRefusal *refusal)
{
  return g_strdup_printf (
      "{\"code\":%d,\"message\":\"%s\"}", refusal->code, refusal->message);
}
