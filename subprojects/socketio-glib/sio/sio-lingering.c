/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-lingering.h"

struct _SioLingering {
  GHashTable *objects; /* set of GObject, not owned: each takes itself out */
  GPtrArray *waiting;  /* of GTask */
};

SioLingering *
sio_lingering_new (void)
{
  SioLingering *self = g_new0 (SioLingering, 1);

  self->objects = g_hash_table_new (NULL, NULL);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

/* Completes all tasks, with TRUE, whatever there still is. They may use it again. */
void
sio_lingering_release (SioLingering *self)
{
  g_autoptr (GPtrArray) tasks = self->waiting;

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

static void
tell (SioLingering *self)
{
  if (self->waiting->len > 0 && g_hash_table_size (self->objects) == 0)
    sio_lingering_release (self);
}

static void
on_gone (gpointer data, GObject *object)
{
  SioLingering *self = data;

  g_hash_table_remove (self->objects, object);
  tell (self);
}

/* Those who wait hold who owns it: there are none. */
void
sio_lingering_free (SioLingering *self)
{
  GHashTableIter iter;
  gpointer object;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &object, NULL))
    g_object_weak_unref (object, on_gone, self);
  g_hash_table_unref (self->objects);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

/* Something ends by itself, and others can wait for that. Twice is once. */
void
sio_lingering_add (SioLingering *self, gpointer object)
{
  if (g_hash_table_add (self->objects, object))
    g_object_weak_ref (object, on_gone, self);
}

/* Completes @task, with TRUE, when nothing lingers any more. */
void
sio_lingering_wait (SioLingering *self, GTask *task)
{
  g_ptr_array_add (self->waiting, g_object_ref (task));
  tell (self);
}
