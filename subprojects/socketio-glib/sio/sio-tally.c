/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-tally.h"

struct _SioTally {
  GHashTable *counts; /* name -> count, which is never 0 */
  guint total;
};

SioTally *
sio_tally_new (void)
{
  SioTally *self = g_new0 (SioTally, 1);

  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
sio_tally_free (SioTally *self)
{
  g_hash_table_unref (self->counts);
  g_free (self);
}

guint
sio_tally_count (SioTally *self, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, name));
}

guint
sio_tally_total (SioTally *self)
{
  return self->total;
}

static void
set_count (SioTally *self, const char *name, guint count)
{
  if (count == 0)
    g_hash_table_remove (self->counts, name);
  else
    g_hash_table_insert (
        self->counts, g_strdup (name), GUINT_TO_POINTER (count));
}

void
sio_tally_add (SioTally *self, const char *name)
{
  set_count (self, name, sio_tally_count (self, name) + 1);
  self->total++;
}

/* Must have been added before. */
void
sio_tally_remove (SioTally *self, const char *name)
{
  set_count (self, name, sio_tally_count (self, name) - 1);
  self->total--;
}
