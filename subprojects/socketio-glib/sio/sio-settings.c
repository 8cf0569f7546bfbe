/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-settings.h"

#include "sio-connection.h"
#include "sio-error.h"

/* Each takes effect with the next connection. */

enum {
  PROP_0,
  PROP_URI,
  PROP_PATH,
  PROP_QUERY,
  PROP_HEADERS,
  PROP_TLS_DATABASE,
  PROP_INSECURE_TLS,
  PROP_PINNED_CERTIFICATE,
  PROP_CLIENT_CERTIFICATE,
  PROP_PROXY_RESOLVER,
  PROP_TRANSPORTS,
  PROP_REMEMBER_UPGRADE,
  PROP_RECONNECTION,
  PROP_RECONNECTION_DELAY,
  PROP_RECONNECTION_DELAY_MAX,
  PROP_RANDOMIZATION_FACTOR,
  PROP_STABLE_TIME,
  PROP_TIMEOUT,
  PROP_ACK_TIMEOUT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_STATIC_ASSERT (N_PROPS <= SIO_SETTINGS_END);

static void
set_transports (SioSettings *self, const char *const *transports)
{
  static const char *const usual[] = { "websocket", "polling", NULL };

  g_strfreev (self->transports);
  self->transports = g_strdupv (
      (char **) (transports != NULL && transports[0] != NULL ? transports
                                                             : usual));
}

/* Returns FALSE for an id that is none of them. */
gboolean
sio_settings_set (SioSettings *self, guint id, const GValue *value)
{
  switch (id) {
    case PROP_URI:
      g_free (self->uri);
      self->uri = g_strdup (
          g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
      break;
    case PROP_PATH:
      g_free (self->path);
      self->path = g_strdup (
          g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
      break;
    case PROP_QUERY:
      g_free (self->query);
      self->query = g_value_dup_string (value);
      break;
    case PROP_HEADERS:
      g_clear_pointer (&self->headers, soup_message_headers_unref);
      self->headers = g_value_dup_boxed (value);
      break;
    case PROP_TLS_DATABASE:
      g_set_object (&self->tls_database, g_value_get_object (value));
      break;
    case PROP_INSECURE_TLS:
      self->insecure_tls = g_value_get_boolean (value);
      break;
    case PROP_PINNED_CERTIFICATE:
      g_set_object (&self->pinned_certificate, g_value_get_object (value));
      break;
    case PROP_CLIENT_CERTIFICATE:
      g_set_object (&self->client_certificate, g_value_get_object (value));
      break;
    case PROP_PROXY_RESOLVER:
      g_set_object (&self->proxy_resolver, g_value_get_object (value));
      break;
    case PROP_TRANSPORTS:
      set_transports (self, g_value_get_boxed (value));
      break;
    case PROP_REMEMBER_UPGRADE:
      self->remember_upgrade = g_value_get_boolean (value);
      break;
    case PROP_RECONNECTION:
      self->reconnection = g_value_get_boolean (value);
      break;
    case PROP_RECONNECTION_DELAY:
      self->reconnection_delay = g_value_get_uint (value);
      break;
    case PROP_RECONNECTION_DELAY_MAX:
      self->reconnection_delay_max = g_value_get_uint (value);
      break;
    case PROP_RANDOMIZATION_FACTOR:
      self->randomization_factor = g_value_get_double (value);
      break;
    case PROP_STABLE_TIME:
      self->stable_time = g_value_get_uint (value);
      break;
    case PROP_TIMEOUT:
      self->timeout = g_value_get_uint (value);
      break;
    case PROP_ACK_TIMEOUT:
      self->ack_timeout = g_value_get_uint (value);
      break;
    default:
      return FALSE;
  }
  return TRUE;
}

gboolean
sio_settings_get (const SioSettings *self, guint id, GValue *value)
{
  switch (id) {
    case PROP_URI:
      g_value_set_string (value, self->uri);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_TLS_DATABASE:
      g_value_set_object (value, self->tls_database);
      break;
    case PROP_INSECURE_TLS:
      g_value_set_boolean (value, self->insecure_tls);
      break;
    case PROP_PINNED_CERTIFICATE:
      g_value_set_object (value, self->pinned_certificate);
      break;
    case PROP_CLIENT_CERTIFICATE:
      g_value_set_object (value, self->client_certificate);
      break;
    case PROP_PROXY_RESOLVER:
      g_value_set_object (value, self->proxy_resolver);
      break;
    case PROP_TRANSPORTS:
      g_value_set_boxed (value, self->transports);
      break;
    case PROP_REMEMBER_UPGRADE:
      g_value_set_boolean (value, self->remember_upgrade);
      break;
    case PROP_RECONNECTION:
      g_value_set_boolean (value, self->reconnection);
      break;
    case PROP_RECONNECTION_DELAY:
      g_value_set_uint (value, self->reconnection_delay);
      break;
    case PROP_RECONNECTION_DELAY_MAX:
      g_value_set_uint (value, self->reconnection_delay_max);
      break;
    case PROP_RANDOMIZATION_FACTOR:
      g_value_set_double (value, self->randomization_factor);
      break;
    case PROP_STABLE_TIME:
      g_value_set_uint (value, self->stable_time);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint (value, self->timeout);
      break;
    case PROP_ACK_TIMEOUT:
      g_value_set_uint (value, self->ack_timeout);
      break;
    default:
      return FALSE;
  }
  return TRUE;
}

void
sio_settings_clear (SioSettings *self)
{
  g_free (self->uri);
  g_free (self->path);
  g_free (self->query);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_object (&self->tls_database);
  g_clear_object (&self->pinned_certificate);
  g_clear_object (&self->client_certificate);
  g_clear_object (&self->proxy_resolver);
  g_strfreev (self->transports);
}

/* What to connect to and how; NULL if something set is of no use. */
SioTarget *
sio_settings_make_target (const SioSettings *self, GError **error)
{
  g_autoptr (SioTarget) target = sio_target_new (
      self->uri != NULL ? self->uri : "", self->path, self->query, error);

  if (target == NULL)
    return NULL;
  for (guint i = 0; self->transports[i] != NULL; i++) {
    if (!sio_connection_knows_transport (self->transports[i])) {
      g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
          "there is no transport \"%s\"", self->transports[i]);
      return NULL;
    }
  }
  if (self->headers != NULL)
    target->headers = soup_message_headers_ref (self->headers);
  g_set_object (&target->database, self->tls_database);
  g_set_object (&target->pinned, self->pinned_certificate);
  g_set_object (&target->certificate, self->client_certificate);
  g_set_object (&target->proxies, self->proxy_resolver);
  target->insecure = self->insecure_tls;
  return g_steal_pointer (&target);
}

static void
install_address_properties (void)
{
  /**
   * SioManager:uri:
   *
   * The server; see sio_manager_new().
   *
   * Since: 0.1
   */
  props[PROP_URI] = g_param_spec_string (
      "uri", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:path:
   *
   * Where on the server Engine.IO is, the slash at its end included.
   *
   * Since: 0.1
   */
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, "/socket.io/",
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:query:
   *
   * What is sent in the query besides Engine.IO's own: "a=b&c=d", with the
   * values percent-encoded where they need be; %NULL is nothing. Cannot be read
   * back, since it may hold a token.
   *
   * Since: 0.1
   */
  props[PROP_QUERY] = g_param_spec_string (
      "query", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:headers:
   *
   * Headers that are sent with each request. Those that belong to the request
   * itself are left out. Cannot be read back, since they may hold a
   * token.
   *
   * Since: 0.1
   */
  props[PROP_HEADERS] = g_param_spec_boxed ("headers", NULL, NULL,
      SOUP_TYPE_MESSAGE_HEADERS, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:tls-database:
   *
   * Whom to trust; %NULL is whom the system trusts.
   *
   * Since: 0.1
   */
  props[PROP_TLS_DATABASE] = g_param_spec_object ("tls-database", NULL, NULL,
      G_TYPE_TLS_DATABASE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:insecure-tls:
   *
   * Whether any certificate is taken. Each connection then logs a warning.
   *
   * Since: 0.1
   */
  props[PROP_INSECURE_TLS] = g_param_spec_boolean ("insecure-tls", NULL, NULL,
      FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:pinned-certificate:
   *
   * The only certificate to be taken from the server, whoever signed it and
   * whatever its dates and names are; %NULL is any that
   * #SioManager:tls-database trusts.
   *
   * Since: 0.1
   */
  props[PROP_PINNED_CERTIFICATE] =
      g_param_spec_object ("pinned-certificate", NULL, NULL,
          G_TYPE_TLS_CERTIFICATE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:client-certificate:
   *
   * What to show to a server that asks for a certificate, with its private key;
   * %NULL is none.
   *
   * Since: 0.1
   */
  props[PROP_CLIENT_CERTIFICATE] =
      g_param_spec_object ("client-certificate", NULL, NULL,
          G_TYPE_TLS_CERTIFICATE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
install_transport_properties (void)
{
  /**
   * SioManager:proxy-resolver:
   *
   * Which proxy to go through; %NULL is the system's settings, which are not
   * asked about this machine itself.
   *
   * Since: 0.1
   */
  props[PROP_PROXY_RESOLVER] = g_param_spec_object ("proxy-resolver", NULL,
      NULL, G_TYPE_PROXY_RESOLVER, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:transports:
   *
   * Which transports may be used, in the order in which to try them until one
   * gets through: "websocket" and "polling". With "polling" first the connection
   * stands as soon as polling does, and is then upgraded to WebSocket if the
   * server offers that and it works. %NULL is `{ "websocket", "polling" }`,
   * which connects fastest; after polling alone has got through, the next
   * connection begins with it.
   *
   * Since: 0.1
   */
  props[PROP_TRANSPORTS] =
      g_param_spec_boxed ("transports", NULL, NULL, G_TYPE_STRV,
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:remember-upgrade:
   *
   * With "polling" first in #SioManager:transports: whether a connection that
   * follows one that was upgraded begins with WebSocket, and polls only where
   * that does not get through.
   *
   * Since: 0.1
   */
  props[PROP_REMEMBER_UPGRADE] = g_param_spec_boolean ("remember-upgrade", NULL,
      NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
install_retry_properties (void)
{
  /**
   * SioManager:reconnection:
   *
   * Whether a connection that is lost, or cannot be made, is tried again by
   * itself.
   *
   * Since: 0.1
   */
  props[PROP_RECONNECTION] = g_param_spec_boolean ("reconnection", NULL, NULL,
      TRUE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:reconnection-delay:
   *
   * The delay before the first further attempt, in milliseconds. It doubles
   * with each one, until a connection holds for #SioManager:stable-time.
   *
   * Since: 0.1
   */
  props[PROP_RECONNECTION_DELAY] =
      g_param_spec_uint ("reconnection-delay", NULL, NULL, 1, G_MAXINT, 1000,
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:reconnection-delay-max:
   *
   * The longest delay, in milliseconds.
   *
   * Since: 0.1
   */
  props[PROP_RECONNECTION_DELAY_MAX] =
      g_param_spec_uint ("reconnection-delay-max", NULL, NULL, 1, G_MAXINT,
          5000, G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:randomization-factor:
   *
   * How much of each delay is left to chance: with 0.5 it is 50 to 100 % of what
   * it would be.
   *
   * Since: 0.1
   */
  props[PROP_RANDOMIZATION_FACTOR] =
      g_param_spec_double ("randomization-factor", NULL, NULL, 0.0, 1.0, 0.5,
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:stable-time:
   *
   * How long a connection must hold, in milliseconds, for the delays to begin
   * anew after it: a server that takes connections only to drop them must not
   * see every client again each second.
   *
   * Since: 0.1
   */
  props[PROP_STABLE_TIME] =
      g_param_spec_uint ("stable-time", NULL, NULL, 0, G_MAXINT, 10000,
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:timeout:
   *
   * How long a connection may take to stand, in milliseconds, and then again
   * how long the server may take to answer a socket's CONNECT.
   *
   * Since: 0.1
   */
  props[PROP_TIMEOUT] = g_param_spec_uint ("timeout", NULL, NULL, 1, G_MAXINT,
      20000, G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:ack-timeout:
   *
   * How long an acknowledgement is waited for, in milliseconds, where
   * sio_socket_emit_with_ack_async() is not told; 0 is for as long as the
   * connection holds. May change at any time, for what is emitted from then on.
   *
   * Since: 0.1
   */
  props[PROP_ACK_TIMEOUT] =
      g_param_spec_uint ("ack-timeout", NULL, NULL, 0, G_MAXINT, 60000,
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
}

void
sio_settings_install (GObjectClass *klass)
{
  install_address_properties ();
  install_transport_properties ();
  install_retry_properties ();
  g_object_class_install_properties (klass, N_PROPS, props);
}
