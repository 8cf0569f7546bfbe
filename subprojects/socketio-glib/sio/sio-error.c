/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-error-private.h"

typedef struct {
  guint http_status;
  guint retry_after;
  int engine_code;
  JsonNode *data;
} SioErrorPrivate;

static void
sio_error_private_init (SioErrorPrivate *priv)
{
  priv->engine_code = -1;
}

static void
sio_error_private_copy (const SioErrorPrivate *from, SioErrorPrivate *to)
{
  to->http_status = from->http_status;
  to->retry_after = from->retry_after;
  to->engine_code = from->engine_code;
  to->data = from->data != NULL ? json_node_ref (from->data) : NULL;
}

static void
sio_error_private_clear (SioErrorPrivate *priv)
{
  g_clear_pointer (&priv->data, json_node_unref);
}

G_DEFINE_EXTENDED_ERROR (SioError, sio_error)

static const SioErrorPrivate *
peek_private (const GError *error)
{
  if (error == NULL || error->domain != SIO_ERROR)
    return NULL;
  return sio_error_get_private (error);
}

/**
 * sio_error_get_http_status:
 * @error: (nullable): any error
 *
 * Returns: the HTTP status that came with a %SIO_ERROR_HTTP_STATUS, else 0
 *
 * Since: 0.1
 */
guint
sio_error_get_http_status (const GError *error)
{
  const SioErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->http_status : 0;
}

/**
 * sio_error_get_data:
 * @error: (nullable): any error
 *
 * Returns: (transfer none) (nullable): the `data` that the server put beside
 *   the message of a %SIO_ERROR_CONNECT_REFUSED
 *
 * Since: 0.1
 */
JsonNode *
sio_error_get_data (const GError *error)
{
  const SioErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->data : NULL;
}

/* How long the server asked to be left alone, in seconds; 0 if it did not. */
guint
sio_error_get_retry_after (const GError *error)
{
  const SioErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->retry_after : 0;
}

/* What Engine.IO's server said beside an HTTP status, such as 5 for a revision
 * that it does not speak; -1 if it did not. */
int
sio_error_get_engine_code (const GError *error)
{
  const SioErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->engine_code : -1;
}

void
sio_error_set_engine_code (GError *error, int code)
{
  SioErrorPrivate *priv = sio_error_get_private (error);

  priv->engine_code = code;
}

GError *
sio_error_new_http_status (
    guint status, guint retry_after, const char *format, ...)
{
  GError *error;
  SioErrorPrivate *priv;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (SIO_ERROR, SIO_ERROR_HTTP_STATUS, format, args);
  va_end (args);
  priv = sio_error_get_private (error);
  priv->http_status = status;
  priv->retry_after = retry_after;
  return error;
}

GError *
sio_error_new_refused (const char *message, JsonNode *data)
{
  GError *error =
      g_error_new_literal (SIO_ERROR, SIO_ERROR_CONNECT_REFUSED, message);
  SioErrorPrivate *priv = sio_error_get_private (error);

  priv->data = data != NULL ? json_node_ref (data) : NULL;
  return error;
}
