/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "coturn.h"

#include "testlog.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* It reads its list of ciphers and makes keys before it listens. */
#define START_SECONDS 20

struct _Coturn {
  GStrv argv;
  char *folder;
  guint port, tls_port;
  GPid pid; /* 0: it does not run */
  GThread *thread;
  int output;

  GMutex lock;
  GCond cond;
  GString *log; /* guarded by lock */
};

/* Of the namespace that the test runs in, so nobody else takes it meanwhile. */
static guint
find_port (const char *address)
{
  g_autoptr (GSocketAddress) here =
      g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (here),
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, here, TRUE, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static gpointer
read_log (gpointer data)
{
  Coturn *self = data;
  char block[4096];
  gssize size;

  while ((size = read (self->output, block, sizeof (block))) > 0
      || (size < 0 && errno == EINTR)) {
    g_mutex_lock (&self->lock);
    if (size > 0)
      g_string_append_len (self->log, block, size);
    g_cond_broadcast (&self->cond);
    g_mutex_unlock (&self->lock);
  }
  return NULL;
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start (Coturn *self)
{
  g_autoptr (GError) error = NULL;
  const guint before = coturn_count (self, "UDP listener opened");
  gint64 deadline = test_deadline (START_SECONDS);

  g_spawn_async_with_pipes (self->folder, self->argv, NULL,
      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
          | G_SPAWN_STDERR_TO_DEV_NULL,
      die_with_parent, NULL, &self->pid, NULL, &self->output, NULL, &error);
  g_assert_no_error (error);
  self->thread = g_thread_new ("coturn-log", read_log, self);
  if (!coturn_wait (self, "UDP listener opened", before + 1, deadline)
      || !coturn_wait (self, "TCP listener opened", before + 1, deadline))
    g_error ("coturn does not start: %s", self->log->str);
}

Coturn *
coturn_new (const char *address, ...)
{
  Coturn *self = g_new0 (Coturn, 1);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  va_list options;

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->log = g_string_new (NULL);
  self->folder = g_dir_make_tmp ("roomcall-coturn-XXXXXX", &error);
  g_assert_no_error (error);
  self->port = find_port (address);
  self->tls_port = find_port (address);
  g_strv_builder_add_many (argv, "turnserver", "-n", "--no-cli",
      "--log-file=stdout", "--simple-log", "--verbose", "--relay-threads=1",
      "--realm=roomcall", "--pidfile=turnserver.pid", "--userdb=turndb", NULL);
  g_strv_builder_add (argv, "--listening-ip");
  g_strv_builder_add (argv, address);
  g_strv_builder_add (argv, "--relay-ip");
  g_strv_builder_add (argv, address);
  {
    g_autofree char *port = g_strdup_printf ("--listening-port=%u", self->port);
    g_autofree char *tls_port =
        g_strdup_printf ("--tls-listening-port=%u", self->tls_port);

    g_strv_builder_add_many (argv, port, tls_port, NULL);
  }
  va_start (options, address);
  for (const char *option = va_arg (options, const char *); option != NULL;
       option = va_arg (options, const char *))
    g_strv_builder_add (argv, option);
  va_end (options);
  self->argv = g_strv_builder_end (argv);
  start (self);
  return self;
}

void
coturn_kill (Coturn *self)
{
  if (self->pid == 0)
    return;
  kill (self->pid, SIGKILL);
  while (waitpid (self->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  g_spawn_close_pid (self->pid);
  self->pid = 0;
  g_thread_join (self->thread);
  close (self->output);
}

void
coturn_restart (Coturn *self)
{
  coturn_kill (self);
  start (self);
}

void
coturn_free (Coturn *self)
{
  static const char *const files[] = { "turnserver.pid", "turndb" };

  coturn_kill (self);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (self->folder, files[i], NULL);

    g_unlink (path);
  }
  g_rmdir (self->folder);
  g_strfreev (self->argv);
  g_free (self->folder);
  g_string_free (self->log, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

guint
coturn_get_port (Coturn *self)
{
  return self->port;
}

guint
coturn_get_tls_port (Coturn *self)
{
  return self->tls_port;
}

static guint
count_locked (Coturn *self, const char *text)
{
  guint n = 0;

  for (const char *at = strstr (self->log->str, text); at != NULL;
       at = strstr (at + 1, text))
    n++;
  return n;
}

guint
coturn_count (Coturn *self, const char *text)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = count_locked (self, text);
  g_mutex_unlock (&self->lock);
  return n;
}

gboolean
coturn_wait (Coturn *self, const char *text, guint count, gint64 deadline)
{
  gboolean came;

  g_mutex_lock (&self->lock);
  while (!(came = count_locked (self, text) >= count)
      && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  g_mutex_unlock (&self->lock);
  return came;
}

char *
coturn_make_user (gint64 expires)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ":ada", expires);
}

char *
coturn_make_password (const char *user)
{
  guint8 digest[20];
  gsize length = sizeof (digest);
  GHmac *hmac = g_hmac_new (
      G_CHECKSUM_SHA1, (const guchar *) COTURN_SECRET, strlen (COTURN_SECRET));

  g_hmac_update (hmac, (const guchar *) user, -1);
  g_hmac_get_digest (hmac, digest, &length);
  g_hmac_unref (hmac);
  return g_base64_encode (digest, length);
}
