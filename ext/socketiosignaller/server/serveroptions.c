/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serveroptions.h"

#include "envfile.h"
#include "secrettext.h"

#include <gio/gio.h>
#include <string.h>

#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT 8080
/* A file descriptor each, of the 1024 that a process has by default, and one for the
 * request beside a WebSocket. */
#define MAX_CLIENTS 400

static const char summary[] =
    "Hosts rooms in which browsers and GStreamer pipelines call each other, for\n"
    "applications that speak Socket.IO in the dialect mesh, rooms, message or\n"
    "broadcast, and serves a web page that joins them. It relays the signalling;\n"
    "the calls themselves go from member to member.";

static const char description[] =
    "Secrets are read from files or the environment, never from the command line.\n"
    "Variables, also as lines NAME=value of the --env-file:\n"
    "  ROOMCALL_TOKEN     as --token-file\n"
    "  STUN_SERVER_ID     as --stun\n"
    "  TURN_URLS          as --turn, several with commas\n"
    "  TURN_USERNAME      as --turn-username\n"
    "  TURN_CREDENTIAL    as --turn-credential-file\n"
    "  TURN_SECRET        as --turn-secret-file\n"
    "An option wins over the environment, and that over the file.\n"
    "\n"
    "Paths: /socket.io/, / (the page), /ice-servers, /healthz, /metrics.\n"
    "\n"
    "Not for: the open internet without a proxy in front. It has no TLS, and no\n"
    "accounts: whoever reaches it, and knows the token if there is one, enters any\n"
    "room whose name they know. Browsers give a page camera and microphone only over\n"
    "https, or from localhost.\n"
    "\n"
    "SIGINT and SIGTERM end it; calls go on. Exit status: 0, 1 if it cannot listen,\n"
    "2 if it is told something that is wrong.\n"
    "\n"
    "Examples:\n"
    "  roomcall-server\n"
    "  roomcall-server --host 0.0.0.0 --token-file token --turn turn:relay.example.org \\\n"
    "      --turn-secret-file secret --metrics\n";

/* As they are typed. */
typedef struct {
  char *host;
  int port;
  char *dialect;
  char **origins;
  char **allowed_hosts;
  gboolean allow_eio3;
  gboolean metrics;
  char *web_root;
  char *token_file;
  char *env_file;
  char **stun;
  char **turn;
  char *turn_username;
  char *turn_credential_file;
  char *turn_secret_file;
  int turn_ttl;
  int max_clients;
  int max_clients_per_address;
  gboolean version;
} Typed;

static void
typed_clear (Typed *self)
{
  g_free (self->host);
  g_free (self->dialect);
  g_strfreev (self->origins);
  g_strfreev (self->allowed_hosts);
  g_free (self->web_root);
  g_free (self->token_file);
  g_free (self->env_file);
  g_strfreev (self->stun);
  g_strfreev (self->turn);
  g_free (self->turn_username);
  g_free (self->turn_credential_file);
  g_free (self->turn_secret_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Typed, typed_clear)

static gboolean
read_arguments (Typed *typed, char ***arguments, GError **error)
{
  const GOptionEntry entries[] = {
    { "host", 0, 0, G_OPTION_ARG_STRING, &typed->host,
        "Interface to listen on (127.0.0.1)", "ADDRESS" },
    { "port", 'p', 0, G_OPTION_ARG_INT, &typed->port,
        "Port; 0: any free one (8080)", "PORT" },
    { "dialect", 'd', 0, G_OPTION_ARG_STRING, &typed->dialect,
        "The only dialect; else the query dialect= of the client says it, else "
        "its first event",
        "NAME" },
    { "origin", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &typed->origins,
        "Origin whose pages may connect, https://example.org; several times; "
        "replaces the server's own",
        "ORIGIN" },
    { "allowed-host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &typed->allowed_hosts,
        "Name by which the server may be asked for, beside addresses, "
        "localhost, the machine's name and those of --origin; several times",
        "NAME" },
    { "allow-eio3", 0, 0, G_OPTION_ARG_NONE, &typed->allow_eio3,
        "Let in clients of Socket.IO 2, whose sessions others could guess",
        NULL },
    { "token-file", 't', 0, G_OPTION_ARG_FILENAME, &typed->token_file,
        "File with what clients have to send as auth {token}", "FILE" },
    { "web-root", 'w', 0, G_OPTION_ARG_FILENAME, &typed->web_root,
        "Folder with an application's own page, served in place of the "
        "built-in one",
        "DIR" },
    { "metrics", 'm', 0, G_OPTION_ARG_NONE, &typed->metrics,
        "Answer /metrics, for Prometheus", NULL },
    { "stun", 0, 0, G_OPTION_ARG_STRING_ARRAY, &typed->stun,
        "STUN server to hand out, stun:HOST:PORT; several times", "ADDRESS" },
    { "turn", 0, 0, G_OPTION_ARG_STRING_ARRAY, &typed->turn,
        "TURN server to hand out, turn:HOST:PORT?transport=udp; several times",
        "ADDRESS" },
    { "turn-username", 0, 0, G_OPTION_ARG_STRING, &typed->turn_username,
        "Its user; with a secret, the part of the user name behind the time",
        "NAME" },
    { "turn-credential-file", 0, 0, G_OPTION_ARG_FILENAME,
        &typed->turn_credential_file, "File with its user's password", "FILE" },
    { "turn-secret-file", 0, 0, G_OPTION_ARG_FILENAME, &typed->turn_secret_file,
        "File with the secret that is shared with it: whoever asks gets a "
        "password for a while",
        "FILE" },
    { "turn-ttl", 0, 0, G_OPTION_ARG_INT, &typed->turn_ttl,
        "Seconds for which such a password counts (3600)", "SECONDS" },
    { "env-file", 'e', 0, G_OPTION_ARG_FILENAME, &typed->env_file,
        "File with variables, see below", "FILE" },
    { "max-clients", 0, 0, G_OPTION_ARG_INT, &typed->max_clients,
        "Clients at a time (256)", "COUNT" },
    { "max-clients-per-address", 0, 0, G_OPTION_ARG_INT,
        &typed->max_clients_per_address,
        "Clients of one address at a time; behind a proxy all have the proxy's "
        "(80)",
        "COUNT" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &typed->version,
        "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("— the room server of gst-roomcall");

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, arguments, error))
    return FALSE;
  if (*arguments != NULL && (*arguments)[0] != NULL
      && (*arguments)[1] != NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "there is something behind the options; see --help");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_number (
    const char *option, int value, int minimum, int maximum, GError **error)
{
  if (value >= minimum && value <= maximum)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--%s is a number from %d to %d", option, minimum, maximum);
  return FALSE;
}

static gboolean
take_numbers (ServerOptions *self, const Typed *typed, GError **error)
{
  if (!check_number ("port", typed->port, 0, G_MAXUINT16, error)
      || !check_number (
          "max-clients", typed->max_clients, 0, MAX_CLIENTS, error)
      || !check_number ("max-clients-per-address",
          typed->max_clients_per_address, 0, MAX_CLIENTS, error)
      || !check_number (
          "turn-ttl", typed->turn_ttl, 60, SERVER_ICE_MAX_TTL, error))
    return FALSE;
  self->port = (guint) typed->port;
  self->max_clients = (guint) typed->max_clients;
  self->max_clients_per_address = (guint) typed->max_clients_per_address;
  return TRUE;
}

static gboolean
take_dialect (ServerOptions *self, const Typed *typed, GError **error)
{
  self->dialect = server_dialect_from_name (typed->dialect);
  if (typed->dialect == NULL || self->dialect != SERVER_DIALECT_NONE)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--dialect is mesh, rooms, message or broadcast");
  return FALSE;
}

/* What a browser sends has no path; one that has would never be equal. Pages of a
 * proxy in front come from where the server is asked for. */
static gboolean
take_origins (ServerOptions *self, const Typed *typed, GError **error)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; typed->origins != NULL && typed->origins[i] != NULL; i++) {
    const char *host = strstr (typed->origins[i], "://");

    if (host == NULL || host[3] == '\0' || strchr (host + 3, '/') != NULL) {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "--origin is like https://example.org, without a path");
      return FALSE;
    }
    g_ptr_array_add (hosts, g_strdup (host + 3));
  }
  for (guint i = 0;
       typed->allowed_hosts != NULL && typed->allowed_hosts[i] != NULL; i++) {
    const char *name = typed->allowed_hosts[i];

    if (name[0] == '\0' || strpbrk (name, "/, ") != NULL) {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "--allowed-host is like calls.example.org");
      return FALSE;
    }
    g_ptr_array_add (hosts, g_strdup (name));
  }
  g_ptr_array_add (hosts, NULL);
  self->origins = g_strdupv (typed->origins);
  self->allowed_hosts =
      (char **) g_ptr_array_free (g_steal_pointer (&hosts), FALSE);
  return TRUE;
}

/* --- secrets --- */

/* Where values are looked for that no option gives. */
typedef struct {
  const char *const *environment;
  GHashTable *file;
} Variables;

static const char *
look_up (const Variables *variables, const char *name)
{
  const char *value = g_environ_getenv ((char **) variables->environment, name);

  if (value == NULL && variables->file != NULL)
    value = g_hash_table_lookup (variables->file, name);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

static GHashTable *
read_env_file (const char *path, GError **error)
{
  g_autofree char *text = secret_text_read_file ("--env-file", path, error);
  GHashTable *variables = NULL;

  if (text == NULL)
    return NULL;
  variables = env_file_parse (text, error);
  if (variables == NULL)
    g_prefix_error (error, "--env-file: ");
  return variables;
}

/* FALSE: the file is wrong; *@secret is NULL if there is none. */
static gboolean
read_secret (const char *option, const char *path, const Variables *variables,
    const char *name, char **secret, GError **error)
{
  if (path == NULL) {
    *secret = g_strdup (look_up (variables, name));
    return TRUE;
  }
  *secret = secret_text_read_file (option, path, error);
  if (*secret == NULL)
    return FALSE;
  /* An editor puts an end of the line behind it. */
  g_strstrip (*secret);
  if ((*secret)[0] != '\0')
    return TRUE;
  g_clear_pointer (secret, g_free);
  g_set_error (error, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_FILE,
      "%s names a file that is empty", option);
  return FALSE;
}

static gboolean
add_urls (ServerIce *ice, const char *scheme, char **typed,
    const char *variable, GError **error)
{
  if (typed == NULL)
    return variable == NULL
        || server_ice_add_urls (ice, scheme, variable, error);
  for (guint i = 0; typed[i] != NULL; i++) {
    if (!server_ice_add_urls (ice, scheme, typed[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_ice (ServerOptions *self, const Typed *typed, const Variables *variables,
    GError **error)
{
  g_autofree char *secret = NULL;
  g_autofree char *credential = NULL;
  const char *username = typed->turn_username != NULL
      ? typed->turn_username
      : look_up (variables, "TURN_USERNAME");

  self->ice = server_ice_new ();
  if (!add_urls (self->ice, "stun", typed->stun,
          look_up (variables, "STUN_SERVER_ID"), error)
      || !add_urls (self->ice, "turn", typed->turn,
          look_up (variables, "TURN_URLS"), error)
      || !read_secret ("--turn-secret-file", typed->turn_secret_file, variables,
          "TURN_SECRET", &secret, error)
      || !read_secret ("--turn-credential-file", typed->turn_credential_file,
          variables, "TURN_CREDENTIAL", &credential, error))
    return FALSE;
  if (secret != NULL)
    server_ice_set_secret (
        self->ice, secret, username, (guint) typed->turn_ttl);
  else
    server_ice_set_password (self->ice, username, credential);
  return server_ice_check (self->ice, error);
}

/**
 * server_options_parse:
 * @arguments: (inout): the program's name and its arguments
 * @environment: its environment, as from g_get_environ()
 * @error: what is wrong, in one line without anything secret
 *
 * Reads the files that are named, but for the page's. With `--help` it prints that
 * and ends the program.
 *
 * Returns: (transfer full) (nullable): what is to be done
 */
ServerOptions *
server_options_parse (
    char ***arguments, const char *const *environment, GError **error)
{
  g_autoptr (ServerOptions) self = g_new0 (ServerOptions, 1);
  g_auto (Typed)
      typed = { .port = DEFAULT_PORT, .turn_ttl = SERVER_ICE_DEFAULT_TTL };
  g_autoptr (GHashTable) file = NULL;
  Variables variables = { .environment = environment };

  if (!read_arguments (&typed, arguments, error))
    return NULL;
  self->show_version = typed.version;
  if (typed.env_file != NULL) {
    file = read_env_file (typed.env_file, error);
    if (file == NULL)
      return NULL;
  }
  variables.file = file;
  if (!take_numbers (self, &typed, error) || !take_dialect (self, &typed, error)
      || !take_origins (self, &typed, error)
      || !read_secret ("--token-file", typed.token_file, &variables,
          "ROOMCALL_TOKEN", &self->token, error)
      || !take_ice (self, &typed, &variables, error))
    return NULL;
  self->host = g_strdup (typed.host != NULL ? typed.host : DEFAULT_HOST);
  self->allow_eio3 = typed.allow_eio3;
  self->metrics = typed.metrics;
  self->web_root = g_strdup (typed.web_root);
  return g_steal_pointer (&self);
}

/**
 * server_options_free:
 * @self: (transfer full): the options
 */
void
server_options_free (ServerOptions *self)
{
  g_free (self->host);
  g_strfreev (self->origins);
  g_strfreev (self->allowed_hosts);
  g_free (self->web_root);
  g_free (self->token);
  g_clear_pointer (&self->ice, server_ice_free);
  g_free (self);
}

/* --- who can reach it --- */

/**
 * server_options_is_loopback:
 * @host: an address or a name
 *
 * Returns: whether only this machine reaches it there
 */
gboolean
server_options_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0;
}

/**
 * server_options_explain_host:
 * @self: the options
 *
 * Returns: (transfer full) (nullable): what it means to listen there, for people;
 *   %NULL: nothing
 */
char *
server_options_explain_host (const ServerOptions *self)
{
  if (server_options_is_loopback (self->host))
    return NULL;
  return g_strdup_printf (
      "Other machines can reach this server: %s. Nothing is encrypted.\n"
      "Browsers there give the page no camera and no microphone over plain http; "
      "put a proxy with TLS in front (and its --origin).",
      self->token != NULL
          ? "whoever knows the token enters any room whose name they know"
          : "whoever does so enters any room whose name they know (--token-file "
            "keeps strangers out)");
}
