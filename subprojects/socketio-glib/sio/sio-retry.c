/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-retry.h"

#include "sio-error-private.h"

#include <gio/gio.h>

/* Whether and when to try again, by what went wrong. */

/* The longest that a server may ask to be left alone. */
#define MAX_RETRY_AFTER_S 300

/* Whether the same attempt is likely to end the same way. */
static gboolean
is_lasting (const GError *error)
{
  guint status = sio_error_get_http_status (error);

  if (error->domain == G_TLS_ERROR)
    return error->code != G_TLS_ERROR_EOF;
  if (error->domain != SIO_ERROR)
    return FALSE;
  switch (error->code) {
    case SIO_ERROR_HTTP_STATUS:
      /* Request Timeout, Too Early and Too Many Requests pass. */
      return status < 500 && status != 408 && status != 425 && status != 429;
    case SIO_ERROR_HANDSHAKE:
    case SIO_ERROR_UNSUPPORTED:
      return TRUE;
    default:
      return FALSE;
  }
}

/* @error is what ended a connection or kept it from standing; NULL if it was
 * just closed. @was_open tells that one has stood before: then what refuses may
 * be a server that is being restarted, or the proxy before it. */
gboolean
sio_retry_is_useful (const GError *error, gboolean was_open)
{
  if (error == NULL)
    return TRUE;
  if (g_error_matches (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT))
    return FALSE;
  return was_open || !is_lasting (error);
}

/* The delay before the next attempt, in milliseconds; @chance is evenly spread
 * over [0, 1). */
guint
sio_retry_get_delay (SioBackoff *backoff, const GError *error, double chance)
{
  guint retry_after =
      MIN (sio_error_get_retry_after (error), MAX_RETRY_AFTER_S);
  guint delay = sio_backoff_next (backoff, chance);

  /* A server that says no is not asked more often than need be. */
  if (sio_error_get_http_status (error) / 100 == 4)
    delay = MAX (delay, backoff->delay_max);
  return MAX (delay, retry_after * 1000);
}
