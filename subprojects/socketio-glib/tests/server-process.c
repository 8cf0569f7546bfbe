/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-process.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

gint64
scheduler_get_waited (const char *path)
{
  g_autofree char *text = NULL;
  const char *waited;

  /* Kernels may be without it: then nobody waits. */
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  waited = strchr (text, ' ');
  return waited != NULL ? g_ascii_strtoll (waited, NULL, 10) / 1000 : 0;
}

void
server_process_start (
    ServerProcess *self, const char *program, const char *const *properties)
{
  g_autoptr (GPtrArray) args = g_ptr_array_new ();
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_ptr_array_add (args, (gpointer) program);
  for (; properties != NULL && *properties != NULL; properties++)
    g_ptr_array_add (args, (gpointer) *properties);
  g_ptr_array_add (args, NULL);
  self->process = g_subprocess_newv ((const char *const *) args->pdata,
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  self->port = (guint) g_ascii_strtoull (line, NULL, 10);
}

/* It must not have ended by itself. */
void
server_process_stop (ServerProcess *self)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_close (
      g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait_check (self->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
}

static char *
dup_path (ServerProcess *self, const char *name)
{
  return g_strdup_printf (
      "/proc/%s/%s", g_subprocess_get_identifier (self->process), name);
}

static guint
count_entries (ServerProcess *self, const char *name)
{
  g_autofree char *path = dup_path (self, name);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint count = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static gsize
read_kib (const char *status, const char *name)
{
  const char *at = strstr (status, name);

  g_assert_nonnull (at);
  return (gsize) g_ascii_strtoull (at + strlen (name), NULL, 10) * 1024;
}

ServerSize
server_process_measure (ServerProcess *self)
{
  g_autofree char *path = dup_path (self, "status");
  g_autofree char *status = NULL;

  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  return (ServerSize){
    .descriptors = count_entries (self, "fd"),
    .threads = count_entries (self, "task"),
    .bytes = read_kib (status, "\nRssAnon:"),
    .peak = read_kib (status, "\nVmHWM:"),
  };
}

/* How long it has waited for a processor that others had, in us. */
gint64
server_process_get_waited (ServerProcess *self)
{
  g_autofree char *path = dup_path (self, "schedstat");

  return scheduler_get_waited (path);
}

/* From now on the peak is that of what is to come (proc(5), clear_refs). */
void
server_process_forget_peak (ServerProcess *self)
{
  g_autofree char *path = dup_path (self, "clear_refs");
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, "5", 1), ==, 1);
  close (fd);
}
