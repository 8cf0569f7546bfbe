/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-name-log.h"

/* The names are the peer's: it could think of new ones for ever. */
#define MAX_NAMES 64

struct _SioNameLog {
  GHashTable *names;
};

SioNameLog *
sio_name_log_new (void)
{
  SioNameLog *self = g_new (SioNameLog, 1);

  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
sio_name_log_free (SioNameLog *self)
{
  g_hash_table_unref (self->names);
  g_free (self);
}

/* Whether @name is to be told about: it is new, and not one too many. */
gboolean
sio_name_log_add (SioNameLog *self, const char *name)
{
  return g_hash_table_size (self->names) < MAX_NAMES
      && g_hash_table_add (self->names, g_strdup (name));
}
