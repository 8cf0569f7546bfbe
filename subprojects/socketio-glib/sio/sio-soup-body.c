/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-soup-body.h"

#include "sio-listener.h"

/* The body of a request to a SoupServer, which by itself keeps whatever comes. */

/* What is left to a request whose body is not taken, to be read or given up. */
#define REFUSED_DEADLINE_MS 2000

typedef struct {
  SoupServerMessage *message; /* whose data this is */
  gsize max;
  SioSoupBodyFunc too_large;
  SioShare share;
} Limit;

static const char limit_key[] = "sio-body-limit";

static void
limit_free (gpointer data)
{
  Limit *limit = data;

  sio_share_clear (&limit->share);
  g_free (limit);
}

/* The body has come: what becomes of it is somebody else's affair. */
void
sio_soup_body_taken (SoupServerMessage *message)
{
  Limit *limit = g_object_get_data (G_OBJECT (message), limit_key);

  if (limit != NULL)
    sio_share_set (&limit->share, 0);
}

/* What still comes of the body is not kept, nor is what has come. */
void
sio_soup_body_discard (SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  soup_message_body_set_accumulate (body, FALSE);
  soup_message_body_truncate (body);
  sio_soup_body_taken (message);
  sio_listener_set_deadline (
      soup_server_message_get_remote_address (message), REFUSED_DEADLINE_MS);
}

static void
on_revoked (gpointer data)
{
  Limit *limit = data;

  limit->too_large (limit->message);
}

/* A body without a length announced is counted, and none counts before it
 * comes. */
static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  Limit *limit = data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  if (!soup_message_body_get_accumulate (body))
    return;
  if ((gsize) body->length > limit->max
      || !sio_share_set (&limit->share, (gsize) body->length))
    limit->too_large (message);
}

static void
on_got_body (SoupServerMessage *message, gpointer data)
{
  sio_soup_body_taken (message);
}

/* The head of a request is there. Its body may have @max bytes, and until all of
 * it is there it has a share of @budget; else @too_large is called, once. */
void
sio_soup_body_limit (SoupServerMessage *message, gsize max, SioBudget *budget,
    SioSoupBodyFunc too_large)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (message);
  Limit *limit;

  if (soup_message_headers_get_content_length (headers) > (goffset) max) {
    too_large (message);
    return;
  }
  limit = g_new0 (Limit, 1);
  limit->message = message;
  limit->max = max;
  limit->too_large = too_large;
  sio_share_init (&limit->share, budget, on_revoked, limit);
  g_object_set_data_full (G_OBJECT (message), limit_key, limit, limit_free);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), limit);
  g_signal_connect (message, "got-body", G_CALLBACK (on_got_body), NULL);
}
