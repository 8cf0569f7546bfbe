/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-lingering.h"

struct _SioLingering {
  GPtrArray *objects; /* GObject, not owned: each takes itself out */
  GPtrArray *waiting; /* of GTask */
};

SioLingering *
sio_lingering_new (void)
{
  SioLingering *self = g_new0 (SioLingering, 1);

  self->objects = g_ptr_array_new ();
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

/* The tasks that are completed may use it again. */
static void
tell (SioLingering *self)
{
  g_autoptr (GPtrArray) tasks = NULL;

  if (self->objects->len > 0)
    return;
  tasks = self->waiting;
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

static void
on_gone (gpointer data, GObject *object)
{
  SioLingering *self = data;

  g_ptr_array_remove_fast (self->objects, object);
  tell (self);
}

/* Those who wait hold who owns it: there are none. */
void
sio_lingering_free (SioLingering *self)
{
  for (guint i = 0; i < self->objects->len; i++)
    g_object_weak_unref (self->objects->pdata[i], on_gone, self);
  g_ptr_array_unref (self->objects);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

/* Something is ended by its owner, who lets go of it. */
void
sio_lingering_add (SioLingering *self, gpointer transport)
{
  g_ptr_array_add (self->objects, transport);
  g_object_weak_ref (transport, on_gone, self);
}

/* Completes @task, with TRUE, when nothing lingers any more. */
void
sio_lingering_wait (SioLingering *self, GTask *task)
{
  g_ptr_array_add (self->waiting, g_object_ref (task));
  tell (self);
}
