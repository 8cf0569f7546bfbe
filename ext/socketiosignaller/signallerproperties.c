/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallerproperties.h"

#include "secrettext.h"
#include "signallererror.h"

#define DEFAULT_DIALECT "mesh"
#define DEFAULT_SERVER_HOST "127.0.0.1"

/* Readable and writable, to be set before READY->PAUSED. */
#define SETTING \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)
/* What can be read is seen in dot files. */
#define SECRET \
  (G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

/* --- the specifications --- */

static void
install_room (GParamSpec **specs)
{
  specs[SIGNALLER_PROP_URI] = g_param_spec_string ("uri", "URI",
      "Address of the application's server: http, https, ws or wss. Unset: the "
      "server hosted here (run-signalling-server). Read back without user, "
      "password and query",
      NULL, SETTING);
  specs[SIGNALLER_PROP_ROOM] = g_param_spec_string ("room", "Room",
      "Name of the room to join. Unset with run-signalling-server: only host. "
      "May change at any time: while we are in a room, we move",
      NULL,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  specs[SIGNALLER_PROP_DIALECT] = g_param_spec_string ("dialect", "Dialect",
      "Message names of the application: mesh, rooms, message or broadcast; "
      "unused with dialect-file",
      DEFAULT_DIALECT, SETTING);
  specs[SIGNALLER_PROP_DIALECT_FILE] =
      g_param_spec_string ("dialect-file", "Dialect file",
          "Path of a dialect of one's own, a JSON file. Unset: a built-in one "
          "(dialect)",
          NULL, SETTING);
  specs[SIGNALLER_PROP_VARIABLES] = g_param_spec_string ("variables",
      "Variables",
      "Values of the dialect's own variables: a JSON object or a structure, "
      "file:PATH or env:NAME of one. Unset: the dialect's. Write-only: they may be secret",
      NULL, SECRET);
  specs[SIGNALLER_PROP_CLIENT_ID] = g_param_spec_string ("client-id",
      "Client id",
      "Id of this member that outlives its connection, told to the others where "
      "the dialect can (mesh: userdata.clientId). Unset: none",
      NULL, SETTING);
  specs[SIGNALLER_PROP_DISPLAY_NAME] = g_param_spec_string ("display-name",
      "Display name",
      "Name of this member for people, told to the others where the dialect can "
      "(mesh: userdata.name). Unset: none",
      NULL, SETTING);
  specs[SIGNALLER_PROP_USER_DATA] = g_param_spec_string ("user-data",
      "User data",
      "The application's own data about this member, JSON text; an object in the "
      "dialect mesh (userdata). Unset: none",
      NULL, SETTING);
  specs[SIGNALLER_PROP_AUTO_JOIN] = g_param_spec_boolean ("auto-join",
      "Auto join",
      "Whether PAUSED->PLAYING joins the room; FALSE: the action join does. May "
      "change until PLAYING",
      TRUE,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PAUSED);
}

static void
install_access (GParamSpec **specs)
{
  specs[SIGNALLER_PROP_AUTH] = g_param_spec_string ("auth", "Auth",
      "What lets us in: a JSON object, file:PATH or env:NAME of one. Unset: "
      "nothing. Write-only: it is secret",
      NULL, SECRET);
  specs[SIGNALLER_PROP_PATH] = g_param_spec_string ("path", "Path",
      "Path of Socket.IO on the server", SIGNALLER_DEFAULT_PATH, SETTING);
  specs[SIGNALLER_PROP_NAMESPACE] = g_param_spec_string ("namespace",
      "Namespace", "Socket.IO namespace", SIGNALLER_DEFAULT_NAMESPACE, SETTING);
  specs[SIGNALLER_PROP_QUERY] = g_param_spec_string ("query", "Query",
      "Query parameters of the connection: a JSON object of strings, file:PATH "
      "or env:NAME of one. Unset: none. Write-only: it may be secret",
      NULL, SECRET);
  specs[SIGNALLER_PROP_HEADERS] = g_param_spec_boxed ("headers", "Headers",
      "HTTP header fields of the connection, each value as it is or file:PATH or "
      "env:NAME of it. Unset: none. Write-only: they may "
      "be secret",
      GST_TYPE_STRUCTURE, SECRET);
  specs[SIGNALLER_PROP_CAFILE] = g_param_spec_string ("cafile", "CA file",
      "PEM file of the certificate authorities to trust. Unset: the system's",
      NULL, SETTING);
  specs[SIGNALLER_PROP_INSECURE_TLS] =
      g_param_spec_boolean ("insecure-tls", "Insecure TLS",
          "Trust any certificate: whoever sits on the way can listen in", FALSE,
          SETTING);
  specs[SIGNALLER_PROP_ICE_SERVERS_URL] = g_param_spec_string (
      "ice-servers-url", "ICE servers URL",
      "Where the application's pages fetch their STUN and TURN servers: a path on "
      "its server, or a web address, file:PATH or env:NAME of one. none: nowhere. Unset: where the dialect "
      "says. Write-only: it may be secret",
      NULL, SECRET);
  specs[SIGNALLER_PROP_TRANSPORTS] = g_param_spec_string ("transports",
      "Transports",
      "What to connect with, in the order in which to try: websocket, polling, "
      "with a comma between them; polling before websocket is upgraded to it. "
      "Unset: websocket,polling",
      NULL, SETTING);
}

static void
install_times (GParamSpec **specs)
{
  specs[SIGNALLER_PROP_TIMEOUT] = g_param_spec_uint ("timeout", "Timeout",
      "How long one attempt to connect, or the answer to a join, may take, in "
      "milliseconds",
      1, G_MAXINT32, SIGNALLER_DEFAULT_TIMEOUT, SETTING);
  specs[SIGNALLER_PROP_RECONNECTION_DELAY] =
      g_param_spec_uint ("reconnection-delay", "Reconnection delay",
          "Before the first new attempt to connect, in milliseconds; doubled "
          "with each",
          1, G_MAXINT32, SIGNALLER_DEFAULT_RECONNECTION_DELAY, SETTING);
  specs[SIGNALLER_PROP_RECONNECTION_DELAY_MAX] =
      g_param_spec_uint ("reconnection-delay-max", "Longest reconnection delay",
          "The longest between two attempts to connect, in milliseconds; not "
          "less than reconnection-delay",
          1, G_MAXINT32, SIGNALLER_DEFAULT_RECONNECTION_DELAY_MAX, SETTING);
  specs[SIGNALLER_PROP_RANDOMIZATION_FACTOR] =
      g_param_spec_double ("randomization-factor", "Randomization factor",
          "Share of a delay that is random, so that not all come back at once; "
          "0: none",
          0.0, 1.0, SIGNALLER_DEFAULT_RANDOMIZATION_FACTOR, SETTING);
}

static void
install_server (GParamSpec **specs)
{
  specs[SIGNALLER_PROP_RUN_SERVER] =
      g_param_spec_boolean ("run-signalling-server", "Run signalling server",
          "Host a room server with a web page here, from PAUSED on", FALSE,
          SETTING);
  specs[SIGNALLER_PROP_SERVER_HOST] = g_param_spec_string (
      "signalling-server-host", "Signalling server host",
      "Address of the interface to host on; 0.0.0.0: all of them, for everybody "
      "who can reach this machine",
      DEFAULT_SERVER_HOST, SETTING);
  specs[SIGNALLER_PROP_SERVER_PORT] =
      g_param_spec_uint ("signalling-server-port", "Signalling server port",
          "Port to host on; 0: any free one, which can be read from PAUSED on",
          0, G_MAXUINT16, 0, SETTING);
}

/**
 * signaller_properties_install:
 * @specs: (inout): %SIGNALLER_N_PROPS places
 *
 * Makes the specifications of the settings, the first at place 1.
 */
void
signaller_properties_install (GParamSpec **specs)
{
  install_room (specs);
  install_access (specs);
  install_times (specs);
  install_server (specs);
}

/* --- values --- */

/**
 * signaller_properties_init:
 * @self: (out): the properties
 * @specs: from signaller_properties_install()
 *
 * Sets all of them to their defaults.
 */
void
signaller_properties_init (SignallerProperties *self, GParamSpec **specs)
{
  for (guint id = 1; id < SIGNALLER_N_PROPS; id++) {
    g_value_init (&self->values[id], G_PARAM_SPEC_VALUE_TYPE (specs[id]));
    g_param_value_set_default (specs[id], &self->values[id]);
  }
}

/**
 * signaller_properties_copy:
 * @self: (out): the copy
 * @source: what is copied
 */
void
signaller_properties_copy (
    SignallerProperties *self, const SignallerProperties *source)
{
  for (guint id = 1; id < SIGNALLER_N_PROPS; id++) {
    g_value_init (&self->values[id], G_VALUE_TYPE (&source->values[id]));
    g_value_copy (&source->values[id], &self->values[id]);
  }
}

/**
 * signaller_properties_clear:
 * @self: the properties
 */
void
signaller_properties_clear (SignallerProperties *self)
{
  for (guint id = 1; id < SIGNALLER_N_PROPS; id++)
    g_value_unset (&self->values[id]);
}

/**
 * signaller_properties_set:
 * @self: the properties
 * @id: which
 * @value: its value, of its type
 */
void
signaller_properties_set (
    SignallerProperties *self, guint id, const GValue *value)
{
  g_value_copy (value, &self->values[id]);
}

/**
 * signaller_properties_get:
 * @self: the properties
 * @id: which
 * @value: (out): its value; an address is without what may be secret in it
 */
void
signaller_properties_get (SignallerProperties *self, guint id, GValue *value)
{
  const char *uri;

  g_value_copy (&self->values[id], value);
  if (id == SIGNALLER_PROP_URI) {
    uri = g_value_get_string (&self->values[id]);
    if (uri != NULL)
      g_value_take_string (value, signaller_uri_for_display (uri));
  }
}

/**
 * signaller_properties_get_auto_join:
 * @self: the properties
 *
 * Returns: whether PLAYING joins the room
 */
gboolean
signaller_properties_get_auto_join (SignallerProperties *self)
{
  return g_value_get_boolean (&self->values[SIGNALLER_PROP_AUTO_JOIN]);
}

/* --- what to do --- */

/* An empty text is as good as none: so a shell script can leave it empty. */
static const char *
get_text (SignallerProperties *self, guint id)
{
  const char *text = g_value_get_string (&self->values[id]);

  return text != NULL && text[0] != '\0' ? text : NULL;
}

/**
 * signaller_properties_get_room:
 * @self: the properties
 *
 * Returns: (nullable): the room; %NULL: none
 */
const char *
signaller_properties_get_room (SignallerProperties *self)
{
  return get_text (self, SIGNALLER_PROP_ROOM);
}

static guint
get_number (SignallerProperties *self, guint id)
{
  return g_value_get_uint (&self->values[id]);
}

/* What an editor or echo leaves at the end of a file is no part of the secret. */
static char *
read_secret (const char *property, const char *value, GError **error)
{
  g_autoptr (GError) inner = NULL;
  char *text = secret_text_read (property, value, &inner);

  if (text == NULL)
    g_set_error_literal (
        error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS, inner->message);
  return text != NULL ? g_strchomp (text) : NULL;
}

static GHashTable *
headers_to_table (const GstStructure *headers, GError **error)
{
  g_autoptr (GHashTable) table =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (int i = 0; i < gst_structure_n_fields (headers); i++) {
    const char *name = gst_structure_nth_field_name (headers, i);
    const GValue *value = gst_structure_get_value (headers, name);
    g_autofree char *text = G_VALUE_HOLDS_STRING (value)
        ? g_value_dup_string (value)
        : gst_value_serialize (value);
    char *secret;

    if (text == NULL)
      continue;
    secret = read_secret ("headers", text, error);
    if (secret == NULL)
      return NULL;
    g_hash_table_insert (table, g_strdup (name), secret);
  }
  return g_steal_pointer (&table);
}

static gboolean
copy_checked (
    SignallerProperties *self, SignallerSettings *settings, GError **error)
{
  static const struct {
    guint id;
    gboolean (*set) (SignallerSettings *, const char *, GError **);
    /* Its name, if it may be in a file or the environment. */
    const char *secret;
  } checked[] = {
    { SIGNALLER_PROP_URI, signaller_settings_set_uri },
    { SIGNALLER_PROP_PATH, signaller_settings_set_path },
    { SIGNALLER_PROP_AUTH, signaller_settings_set_auth },
    { SIGNALLER_PROP_QUERY, signaller_settings_set_query, "query" },
    { SIGNALLER_PROP_ICE_SERVERS_URL, signaller_settings_set_ice_servers_url,
        "ice-servers-url" },
    { SIGNALLER_PROP_TRANSPORTS, signaller_settings_set_transports },
    { SIGNALLER_PROP_USER_DATA, signaller_settings_set_userdata },
    { SIGNALLER_PROP_VARIABLES, signaller_settings_set_variables, "variables" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (checked); i++) {
    const char *text = get_text (self, checked[i].id);
    g_autofree char *secret = NULL;

    if (text != NULL && checked[i].secret != NULL) {
      text = secret = read_secret (checked[i].secret, text, error);
      if (text == NULL)
        return FALSE;
    }
    if (text != NULL && !checked[i].set (settings, text, error))
      return FALSE;
  }
  return TRUE;
}

static SignallerSettings *
make_settings (SignallerProperties *self, GError **error)
{
  g_autoptr (SignallerSettings) settings = signaller_settings_new ();
  const GstStructure *headers =
      gst_value_get_structure (&self->values[SIGNALLER_PROP_HEADERS]);
  const char *nsp = get_text (self, SIGNALLER_PROP_NAMESPACE);

  if (!copy_checked (self, settings, error))
    return NULL;
  if (nsp != NULL) {
    g_free (settings->nsp);
    settings->nsp = g_strdup (nsp);
  }
  if (headers != NULL) {
    settings->headers = headers_to_table (headers, error);
    if (settings->headers == NULL)
      return NULL;
  }
  settings->cafile = g_strdup (get_text (self, SIGNALLER_PROP_CAFILE));
  settings->insecure_tls =
      g_value_get_boolean (&self->values[SIGNALLER_PROP_INSECURE_TLS]);
  settings->timeout = get_number (self, SIGNALLER_PROP_TIMEOUT);
  settings->reconnection_delay =
      get_number (self, SIGNALLER_PROP_RECONNECTION_DELAY);
  settings->reconnection_delay_max = MAX (settings->reconnection_delay,
      get_number (self, SIGNALLER_PROP_RECONNECTION_DELAY_MAX));
  settings->randomization_factor =
      g_value_get_double (&self->values[SIGNALLER_PROP_RANDOMIZATION_FACTOR]);
  settings->room = g_strdup (get_text (self, SIGNALLER_PROP_ROOM));
  settings->name = g_strdup (get_text (self, SIGNALLER_PROP_DISPLAY_NAME));
  settings->client_id = g_strdup (get_text (self, SIGNALLER_PROP_CLIENT_ID));
  return g_steal_pointer (&settings);
}

static const char *
find_missing (gboolean has_uri, gboolean has_room)
{
  if (has_room)
    return "On which server is the room? Type for example "
           "uri=https://calls.example.org, or run-signalling-server=true to "
           "host it here.";
  return has_uri ? "Which room? Type for example room=lobby"
                 : "Which room, on which server? Type for example "
                   "uri=https://calls.example.org room=lobby, or "
                   "run-signalling-server=true room=lobby to host it here.";
}

/**
 * signaller_properties_load_dialect:
 * @self: the properties
 * @error: what is wrong, and where
 *
 * Returns: (transfer full) (nullable): what is spoken
 */
Dialect *
signaller_properties_load_dialect (SignallerProperties *self, GError **error)
{
  const char *file = get_text (self, SIGNALLER_PROP_DIALECT_FILE);
  const char *name = get_text (self, SIGNALLER_PROP_DIALECT);

  return file != NULL
      ? dialect_new_from_file (file, error)
      : dialect_new_builtin (name != NULL ? name : DEFAULT_DIALECT, error);
}

static gboolean
check_variables (SignallerPlan *plan, GError **error)
{
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autoptr (GError) inner = NULL;

  if (dialect_fill_variables (
          plan->dialect, plan->settings->variables, vars, &inner))
    return TRUE;
  g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
      "Check the property variables: %s", inner->message);
  return FALSE;
}

/**
 * signaller_properties_plan:
 * @self: the properties
 * @error: what is missing or wrong, and what to type
 *
 * Returns: (transfer full) (nullable): what to do
 */
SignallerPlan *
signaller_properties_plan (SignallerProperties *self, GError **error)
{
  g_autoptr (SignallerPlan) plan = g_new0 (SignallerPlan, 1);
  const char *host = get_text (self, SIGNALLER_PROP_SERVER_HOST);
  gboolean has_room = signaller_properties_get_room (self) != NULL;
  gboolean has_uri = get_text (self, SIGNALLER_PROP_URI) != NULL;
  gboolean has_server =
      g_value_get_boolean (&self->values[SIGNALLER_PROP_RUN_SERVER]);

  plan->dialect = signaller_properties_load_dialect (self, error);
  if (plan->dialect == NULL)
    return NULL;
  /* In some applications everybody is in one place. */
  has_room = has_room || (has_uri && !dialect_names_room (plan->dialect));
  if (has_room ? !has_uri && !has_server : !has_server) {
    g_set_error_literal (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        find_missing (has_uri, has_room));
    return NULL;
  }
  if (has_server) {
    plan->host = g_strdup (host != NULL ? host : DEFAULT_SERVER_HOST);
    plan->port = get_number (self, SIGNALLER_PROP_SERVER_PORT);
  }
  if (has_room) {
    plan->settings = make_settings (self, error);
    if (plan->settings == NULL || !check_variables (plan, error))
      return NULL;
  }
  return g_steal_pointer (&plan);
}

/**
 * signaller_plan_free:
 * @self: (transfer full): the plan
 */
void
signaller_plan_free (SignallerPlan *self)
{
  g_clear_pointer (&self->settings, signaller_settings_free);
  g_clear_pointer (&self->dialect, dialect_free);
  g_free (self->host);
  g_free (self);
}
