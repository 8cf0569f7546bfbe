/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-request-check.h"

#include "sio-engine-packet.h"

#include <string.h>

/* The codes and their words are Engine.IO's, which clients compare with. */
static const SioRefusal bad_method = { 400, 2, "Bad handshake method" };
static const SioRefusal bad_host = { 400, 3, "Bad request" };
static const SioRefusal bad_upgrade = { 400, 3,
  "Bad request: not a WebSocket handshake" };
static const SioRefusal bad_revision = { 400, 5,
  "Unsupported protocol version" };
static const SioRefusal no_polling = { 400, 0,
  "Transport unknown: this server speaks websocket only" };
static const SioRefusal bad_transport = { 400, 0, "Transport unknown" };
static const SioRefusal unknown_sid = { 400, 1, "Session ID unknown" };
static const SioRefusal bad_origin = { 403, 4,
  "Forbidden: the origin is not allowed" };

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

/* Decides on a request to the path of Engine.IO: NULL if it may begin a
 * session, else how to refuse it. */
const SioRefusal *
sio_request_check (const SioRequest *request)
{
  /* Two Host headers come as one with a comma. */
  if (request->host == NULL || strpbrk (request->host, ", ") != NULL)
    return &bad_host;
  if (!is_origin_allowed (request))
    return &bad_origin;
  if (g_strcmp0 (request->transport, "polling") == 0)
    return &no_polling;
  if (g_strcmp0 (request->transport, "websocket") != 0)
    return &bad_transport;
  if (g_strcmp0 (request->revision, G_STRINGIFY (SIO_ENGINE_REVISION)) != 0)
    return &bad_revision;
  if (request->sid != NULL)
    return &unknown_sid;
  if (g_strcmp0 (request->method, "GET") != 0)
    return &bad_method;
  if (!request->upgrade)
    return &bad_upgrade;
  return NULL;
}

/* The body of the answer. */
char *
sio_refusal_print (const SioRefusal *refusal)
{
  return g_strdup_printf (
      "{\"code\":%d,\"message\":\"%s\"}", refusal->code, refusal->message);
}
