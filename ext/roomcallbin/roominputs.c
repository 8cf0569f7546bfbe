/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roominputs.h"

typedef struct {
  SendBranch *branch;
  gboolean settled; /* ready, or never to be */
} Input;

struct _RoomInputs {
  LoopThread *loop;
  RoomInputsJoin join;
  gpointer data;
  GPtrArray *inputs; /* Input */
  GPtrArray *ready;  /* SendBranch, not owned */
  gboolean join_wanted;
  GSource *join_timer;
};

static Input *
find_input (RoomInputs *self, SendBranch *branch)
{
  for (guint i = 0; i < self->inputs->len; i++) {
    Input *input = g_ptr_array_index (self->inputs, i);

    if (input->branch == branch)
      return input;
  }
  return NULL;
}

static void
join_now (RoomInputs *self, gboolean complete)
{
  room_inputs_cancel_join (self);
  self->join (complete, self->data);
}

static gboolean
hold_over (gpointer data)
{
  join_now (data, FALSE);
  return G_SOURCE_REMOVE;
}

/**
 * room_inputs_new:
 * @loop: the room's thread
 * @join: called on it when it is time to join
 * @data: handed to @join
 *
 * Returns: (transfer full): without an input
 */
RoomInputs *
room_inputs_new (LoopThread *loop, RoomInputsJoin join, gpointer data)
{
  RoomInputs *self = g_new0 (RoomInputs, 1);

  self->loop = loop;
  self->join = join;
  self->data = data;
  self->inputs = g_ptr_array_new_with_free_func (g_free);
  self->ready = g_ptr_array_new ();
  return self;
}

/**
 * room_inputs_free:
 * @self: (transfer full): inputs without a join that waits
 */
void
room_inputs_free (RoomInputs *self)
{
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->ready);
  g_free (self);
}

/**
 * room_inputs_add:
 * @self: the inputs
 * @input: a new one, without media; must be removed before it is freed
 */
void
room_inputs_add (RoomInputs *self, SendBranch *input)
{
  Input *entry = g_new0 (Input, 1);

  entry->branch = input;
  g_ptr_array_add (self->inputs, entry);
}

/**
 * room_inputs_settle:
 * @self: the inputs
 * @input: an input whose media have come, or cannot be sent
 * @usable: which of the two
 *
 * Returns: whether @input is there to be used; it may have been removed
 */
gboolean
room_inputs_settle (RoomInputs *self, SendBranch *input, gboolean usable)
{
  Input *entry = find_input (self, input);

  if (entry == NULL)
    return FALSE;
  entry->settled = TRUE;
  if (usable)
    g_ptr_array_add (self->ready, input);
  return TRUE;
}

/**
 * room_inputs_remove:
 * @self: the inputs
 * @input: an input that was added
 */
void
room_inputs_remove (RoomInputs *self, SendBranch *input)
{
  g_ptr_array_remove (self->ready, input);
  g_ptr_array_remove (self->inputs, find_input (self, input));
  room_inputs_join_if_ready (self);
}

/**
 * room_inputs_get_ready:
 * @self: the inputs
 *
 * Returns: (transfer none) (element-type SendBranch): those that have media, the
 *   first one first; follows what happens
 */
GPtrArray *
room_inputs_get_ready (RoomInputs *self)
{
  return self->ready;
}

/**
 * room_inputs_hold_join:
 * @self: the inputs
 * @timeout: how long an input may take, in milliseconds (0 = for ever)
 *
 * Has the room joined when all inputs have media: the browser applications take
 * theirs first, and a member that joins without is offered nothing.
 */
void
room_inputs_hold_join (RoomInputs *self, guint timeout)
{
  GSource *source = NULL;

  room_inputs_cancel_join (self);
  self->join_wanted = TRUE;
  if (timeout > 0)
    source =
        loop_thread_add_timeout (self->loop, timeout, hold_over, self, NULL);
  if (source != NULL)
    self->join_timer = g_source_ref (source);
  room_inputs_join_if_ready (self);
}

/**
 * room_inputs_cancel_join:
 * @self: the inputs
 *
 * Undoes a room_inputs_hold_join() that still waits.
 */
void
room_inputs_cancel_join (RoomInputs *self)
{
  self->join_wanted = FALSE;
  if (self->join_timer == NULL)
    return;
  g_source_destroy (self->join_timer);
  g_clear_pointer (&self->join_timer, g_source_unref);
}

/**
 * room_inputs_join_if_ready:
 * @self: the inputs
 *
 * Has the room joined if that is waited for and nothing is missing.
 */
void
room_inputs_join_if_ready (RoomInputs *self)
{
  if (!self->join_wanted)
    return;
  for (guint i = 0; i < self->inputs->len; i++) {
    if (!((Input *) g_ptr_array_index (self->inputs, i))->settled)
      return;
  }
  join_now (self, TRUE);
}
