/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helper.h"

struct _Helper {
  GSubprocess *process;
  GDataInputStream *lines;
};

/* The arguments are strings. */
Helper *
helper_start (const char *script, ...)
{
  Helper *self = g_new0 (Helper, 1);
  g_autoptr (GPtrArray) args = g_ptr_array_new ();
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), script, NULL);
  g_autoptr (GError) error = NULL;
  va_list more;
  char *arg;

  g_ptr_array_add (args, (gpointer) "python3");
  g_ptr_array_add (args, path);
  va_start (more, script);
  do {
    arg = va_arg (more, char *);
    g_ptr_array_add (args, arg);
  } while (arg != NULL);
  va_end (more);
  self->process = g_subprocess_newv ((const char *const *) args->pdata,
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  self->lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  return self;
}

/* Waits for it. */
char *
helper_read_line (Helper *self)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (self->lines, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);
  return line;
}

/* What it says first. */
guint
helper_read_port (Helper *self)
{
  g_autofree char *line = helper_read_line (self);

  return (guint) g_ascii_strtoull (line, NULL, 10);
}

void
helper_stop (Helper *self)
{
  g_output_stream_close (
      g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->lines);
  g_object_unref (self->process);
  g_free (self);
}
