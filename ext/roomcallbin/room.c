/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room-private.h"
#include "webrtctuning.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* How long a leg that ends may gather candidates, whose sockets leak otherwise;
 * and how long while an application waits. Host candidates take no time. */
#define PATIENCE_MS 2000
#define STOP_PATIENCE_MS 500
/* All legs are stopped on workers; one that hangs must not hold up the
 * application for ever. */
#define STOP_TIMEOUT_US (3 * G_TIME_SPAN_SECOND)

void
room_clear_timer (GSource **timer)
{
  if (*timer == NULL)
    return;
  g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

GSource *
room_add_timer (Room *self, guint ms, GSourceFunc func)
{
  GSource *source = loop_thread_add_timeout (self->loop, ms, func, self, NULL);

  return source != NULL ? g_source_ref (source) : NULL;
}

static void
post_from_peer (GstStructure *structure, gpointer data)
{
  room_post_message (&((Room *) data)->messages, structure);
}

/* --- members --- */

static void
member_removed (RoomPeer *peer, const char *reason, gpointer data)
{
  Room *self = data;

  room_peer_add_totals (peer, &self->departed);
  leg_servers_forget (self->context.servers, room_peer_get_id (peer));
  room_post_message (&self->messages,
      gst_structure_new ("roomcall/peer-left", "peer-id", G_TYPE_STRING,
          room_peer_get_id (peer), "slot", G_TYPE_INT,
          room_peer_get_slot (peer), "reason", G_TYPE_STRING, reason, NULL));
}

static guint
take_slot (RoomPeer *peer, gpointer data)
{
  return roster_take_slot (((Room *) data)->roster, peer);
}

static gboolean
has_predecessor (RoomPeer *peer, gpointer data)
{
  return roster_find_same (((Room *) data)->roster, peer) != NULL;
}

static void
peer_is_superseded (RoomPeer *peer, gpointer data)
{
  roster_remove (
      ((Room *) data)->roster, peer, "The peer came back under another id");
}

static void
peer_is_late (RoomPeer *peer, gpointer data)
{
  room_calls_late (((Room *) data)->calls, peer);
}

/* @reasons: (transfer full): why some are not used */
void
room_warn_of_servers (Room *self, GPtrArray *reasons)
{
  for (guint i = 0; i < reasons->len; i++)
    room_post_warning (&self->messages, g_ptr_array_index (reasons, i));
  g_ptr_array_unref (reasons);
}

/* --- inputs --- */

static void
join_now (gboolean complete, gpointer data)
{
  Room *self = data;

  if (!complete)
    room_post_warning (&self->messages,
        "Joining although an input has had no media for join-timeout; it is "
        "offered as soon as it has some");
  if (self->signaller != NULL)
    gst_element_set_state (self->signaller, GST_STATE_PLAYING);
}

typedef struct {
  Room *room;
  SendBranch *branch;
  GError *error;
} InputReady;

static void
input_ready_free (gpointer data)
{
  InputReady *ready = data;

  g_clear_error (&ready->error);
  g_free (ready);
}

static gboolean
input_ready (gpointer data)
{
  InputReady *ready = data;
  Room *self = ready->room;

  if (!room_inputs_settle (self->inputs, ready->branch, ready->error == NULL))
    return G_SOURCE_REMOVE;
  if (ready->error != NULL) {
    self->funcs->failed (ready->error, self->data);
    return G_SOURCE_REMOVE;
  }
  room_outputs_add_input (self->context.outputs, ready->branch);
  for (guint i = 0; i < roster_count (self->roster); i++)
    room_peer_add_input (roster_get (self->roster, i), ready->branch);
  room_inputs_join_if_ready (self->inputs);
  return G_SOURCE_REMOVE;
}

/* --- calls from other threads --- */

typedef struct {
  Room *room;
  GstElement *signaller;
  const RoomSettings *settings;
  SendBranch *branch;
  GstPad *pad;
  OutputRole role;
  MediaKind kind;
  guint slot;
  GstStructure *answer;
} RoomCall;

static void
call (Room *self, GSourceFunc func, RoomCall *arguments)
{
  arguments->room = self;
  loop_thread_call (self->loop, func, arguments, -1);
}

static GstStructure *
make_stats (Room *self)
{
  GstStructure *stats = gst_structure_new ("roomcall/stats", "peers",
      G_TYPE_UINT, roster_count (self->roster), NULL);
  RoomStats totals = self->departed;
  g_auto (GValue) list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_ARRAY);
  for (guint i = 0; i < roster_count (self->roster); i++) {
    RoomPeer *peer = roster_get (self->roster, i);
    g_auto (GValue) value = G_VALUE_INIT;

    room_peer_add_totals (peer, &totals);
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, room_peer_get_stats (peer));
    gst_value_array_append_value (&list, &value);
  }
  room_stats_write (&totals, stats);
  gst_structure_set_value (stats, "peer-stats", &list);
  return stats;
}

static gboolean
post_stats (gpointer data)
{
  Room *self = data;

  room_post_message (&self->messages, make_stats (self));
  return G_SOURCE_CONTINUE;
}

static void
leg_retired (gpointer data)
{
  Room *self = data;

  g_mutex_lock (&self->lock);
  self->n_legs = self->context.n_legs_alive;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gboolean
start (gpointer data)
{
  RoomCall *arguments = data;
  Room *self = arguments->room;
  RoomSettings *settings = &self->settings;
  RoomPeerSettings *common = &self->context.settings;

  *settings = *arguments->settings;
  settings->room = g_strdup (settings->room);
  settings->ice_interfaces = g_strdup (settings->ice_interfaces);
  if (settings->turn_authorities != NULL)
    g_object_ref (settings->turn_authorities);
  *common = (RoomPeerSettings){
    .room = settings->room,
    .member = self->member,
    .latency = settings->latency,
    .receive_audio = settings->receive_audio,
    .receive_video = settings->receive_video,
    .do_retransmission = settings->do_retransmission,
    .relay_only = settings->relay_only,
    .ice_candidate_types = settings->ice_candidate_types,
    .ice_interfaces = settings->ice_interfaces,
    .turn_authorities = settings->turn_authorities,
    .call_timeout = settings->call_timeout,
    .ice_timeout = settings->ice_timeout,
  };
  room_warn_of_servers (self,
      leg_servers_configure (self->context.servers, settings->ice_servers));
  settings->ice_servers = NULL;
  roster_configure (self->roster, settings->max_peers, settings->rejoin_grace);
  room_calls_configure (self->calls, &settings->calls);
  settings->calls = (CallPolicy){ 0 };
  self->signaller = gst_object_ref (arguments->signaller);
  self->context.signaller = room_signaller_new (
      self->signaller, self->loop, &room_signaller_funcs, self);
  self->running = TRUE;
  self->departed = (RoomStats){ 0 };
  self->context.patience = PATIENCE_MS;
  self->context.max_legs = 2 * settings->max_peers + 8;
  room_outputs_start (self->context.outputs, settings->latency * GST_MSECOND,
      settings->mix_self_view);
  if (settings->stats_interval > 0)
    self->stats_timer =
        room_add_timer (self, settings->stats_interval, post_stats);
  return G_SOURCE_REMOVE;
}

static gboolean
join (gpointer data)
{
  Room *self = ((RoomCall *) data)->room;

  room_inputs_hold_join (self->inputs, self->settings.join_timeout);
  return G_SOURCE_REMOVE;
}

static gboolean
stop_joining (gpointer data)
{
  Room *self = ((RoomCall *) data)->room;

  room_inputs_cancel_join (self->inputs);
  return G_SOURCE_REMOVE;
}

static gboolean
stop (gpointer data)
{
  Room *self = ((RoomCall *) data)->room;

  if (!self->running)
    return G_SOURCE_REMOVE;
  self->running = FALSE;
  self->context.patience = STOP_PATIENCE_MS;
  stop_joining (data);
  room_clear_timer (&self->stats_timer);
  room_clear_timer (&self->missing_timer);
  g_clear_pointer (&self->context.signaller, room_signaller_free);
  roster_clear (self->roster, "We left");
  room_outputs_stop (self->context.outputs);
  /* What the branches find out next time they run is told again. */
  for (guint i = 0; i < self->context.inputs->len; i++)
    room_outputs_remove_input (
        self->context.outputs, g_ptr_array_index (self->context.inputs, i));
  for (guint i = 0; i < self->context.inputs->len; i++)
    room_outputs_add_input (
        self->context.outputs, g_ptr_array_index (self->context.inputs, i));
  gst_clear_object (&self->signaller);
  leg_retired (self);
  g_free ((char *) self->settings.ice_interfaces);
  self->settings.ice_interfaces = self->context.settings.ice_interfaces = NULL;
  g_clear_object (&self->settings.turn_authorities);
  self->context.settings.turn_authorities = NULL;
  g_free ((char *) self->settings.room);
  self->settings.room = self->context.settings.room = NULL;
  return G_SOURCE_REMOVE;
}

static gboolean
send_eos (gpointer data)
{
  Room *self = ((RoomCall *) data)->room;

  stop_joining (data);
  roster_clear (self->roster, "We left");
  room_outputs_send_eos (self->context.outputs);
  return G_SOURCE_REMOVE;
}

static gboolean
add_input (gpointer data)
{
  RoomCall *arguments = data;

  room_inputs_add (arguments->room->inputs, arguments->branch);
  return G_SOURCE_REMOVE;
}

static gboolean
remove_input (gpointer data)
{
  RoomCall *arguments = data;
  Room *self = arguments->room;

  for (guint i = 0; i < roster_count (self->roster); i++)
    room_peer_remove_input (roster_get (self->roster, i), arguments->branch);
  room_outputs_remove_input (self->context.outputs, arguments->branch);
  room_inputs_remove (self->inputs, arguments->branch);
  return G_SOURCE_REMOVE;
}

static gboolean
add_output (gpointer data)
{
  RoomCall *arguments = data;

  room_outputs_add (arguments->room->context.outputs, arguments->pad,
      arguments->role, arguments->kind, arguments->slot);
  return G_SOURCE_REMOVE;
}

static gboolean
remove_output (gpointer data)
{
  RoomCall *arguments = data;

  room_outputs_remove (arguments->room->context.outputs, arguments->pad);
  return G_SOURCE_REMOVE;
}

typedef struct {
  Room *room;
  GstPad *pad;
} OutputLinked;

static void
output_linked_free (gpointer data)
{
  gst_object_unref (((OutputLinked *) data)->pad);
  g_free (data);
}

static gboolean
output_linked (gpointer data)
{
  OutputLinked *linked = data;

  room_outputs_linked (linked->room->context.outputs, linked->pad);
  return G_SOURCE_REMOVE;
}

static gboolean
get_peers (gpointer data)
{
  RoomCall *arguments = data;

  arguments->answer = room_calls_get_peers (arguments->room->calls);
  return G_SOURCE_REMOVE;
}

typedef struct {
  Room *room;
  RoomCallAction action;
  char *who;
} RoomAct;

static void
room_act_free (gpointer data)
{
  g_free (((RoomAct *) data)->who);
  g_free (data);
}

static gboolean
act (gpointer data)
{
  RoomAct *arguments = data;

  room_calls_act (arguments->room->calls, arguments->action, arguments->who);
  return G_SOURCE_REMOVE;
}

static gboolean
get_stats (gpointer data)
{
  RoomCall *arguments = data;

  arguments->answer = make_stats (arguments->room);
  return G_SOURCE_REMOVE;
}

/**
 * room_new:
 * @bin: holds all elements
 * @funcs: must outlive the room
 * @data: handed to @funcs
 *
 * Returns: (transfer full): an empty room that does not run
 */
Room *
room_new (GstBin *bin, const RoomFuncs *funcs, gpointer data)
{
  Room *self = g_new0 (Room, 1);

  self->bin = bin;
  self->funcs = funcs;
  self->data = data;
  self->member = g_strdup_printf ("%08x%08x%08x%08x", g_random_int (),
      g_random_int (), g_random_int (), g_random_int ());
  self->roster = roster_new (member_removed, self);
  self->calls = room_calls_new (self->roster, &self->messages);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->loop = loop_thread_new ("room-call");
  room_post_init (
      &self->messages, self->loop, GST_OBJECT (bin), funcs->post, data);
  self->inputs = room_inputs_new (self->loop, join_now, self);
  self->context = (RoomPeerContext){
    .loop = self->loop,
    .bin = bin,
    .outputs = room_outputs_new (self->loop, bin, &funcs->outputs, data),
    .inputs = room_inputs_get_ready (self->inputs),
    .servers = leg_servers_new (),
    .take_slot = take_slot,
    .has_predecessor = has_predecessor,
    .superseded = peer_is_superseded,
    .post = post_from_peer,
    .late = peer_is_late,
    .leg_retired = leg_retired,
    .data = self,
  };
  return self;
}

static gpointer
free_on_thread (gpointer data)
{
  room_free (data);
  return NULL;
}

/**
 * room_free:
 * @self: (transfer full): a room that was stopped
 */
void
room_free (Room *self)
{
  /* The last reference to the element was dropped in a callback of ours: the
   * thread cannot end itself. */
  if (loop_thread_is_current (self->loop)) {
    g_thread_unref (g_thread_new ("room-free", free_on_thread, self));
    return;
  }
  loop_thread_free (self->loop);
  webrtc_tuning_finish ();
  room_outputs_free (self->context.outputs);
  room_calls_free (self->calls);
  roster_free (self->roster);
  leg_servers_free (self->context.servers);
  room_inputs_free (self->inputs);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->member);
  g_free (self);
}

/**
 * room_prepare:
 * @self: a room that is about to be used
 *
 * Begins with what the first call would wait for.
 */
void
room_prepare (Room *self)
{
  webrtc_tuning_warm_up ();
}

/**
 * room_start:
 * @self: a room that was prepared
 * @signaller: an element that passed room_signaller_check()
 * @settings: copied
 *
 * The outputs begin to run, and what @signaller says is heard.
 */
void
room_start (Room *self, GstElement *signaller, const RoomSettings *settings)
{
  RoomCall arguments = { .signaller = signaller, .settings = settings };

  call (self, start, &arguments);
}

/**
 * room_join:
 * @self: a room that was started
 *
 * Has the signaller join (PAUSED to PLAYING) as soon as all inputs have media,
 * after join-timeout in any case.
 */
void
room_join (Room *self)
{
  call (self, join, &(RoomCall){ 0 });
}

/**
 * room_cancel_join:
 * @self: the room
 *
 * Undoes a room_join() that still waits.
 */
void
room_cancel_join (Room *self)
{
  call (self, stop_joining, &(RoomCall){ 0 });
}

static gboolean
do_nothing (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/**
 * room_stop:
 * @self: the room
 *
 * Ends all calls. Waits until the legs are gone, at most 3 s.
 */
void
room_stop (Room *self)
{
  gint64 end = g_get_monotonic_time () + STOP_TIMEOUT_US;

  call (self, stop, &(RoomCall){ 0 });
  /* From a callback of ours, such as pad-added: it is this thread that the legs
   * report to. They end on their workers. */
  if (loop_thread_is_current (self->loop))
    return;
  /* What is still to be told is told. */
  loop_thread_call (self->loop, do_nothing, NULL, -1);
  g_mutex_lock (&self->lock);
  while (self->n_legs > 0 && g_cond_wait_until (&self->cond, &self->lock, end))
    ;
  if (self->n_legs > 0)
    GST_WARNING_OBJECT (
        self->bin, "%u connections take long to end", self->n_legs);
  g_mutex_unlock (&self->lock);
}

/**
 * room_send_eos:
 * @self: the room
 *
 * Ends all calls and the stream of every src pad.
 */
void
room_send_eos (Room *self)
{
  call (self, send_eos, &(RoomCall){ 0 });
}

/**
 * room_add_input:
 * @self: the room
 * @input: a new input; its room_input_ready() follows
 */
void
room_add_input (Room *self, SendBranch *input)
{
  call (self, add_input, &(RoomCall){ .branch = input });
}

/**
 * room_input_ready:
 * @self: the room
 * @input: an input that was added
 * @error: (nullable): why it cannot be sent
 *
 * From the input's streaming thread: does not wait.
 */
void
room_input_ready (Room *self, SendBranch *input, const GError *error)
{
  InputReady *ready = g_new0 (InputReady, 1);

  ready->room = self;
  ready->branch = input;
  ready->error = error != NULL ? g_error_copy (error) : NULL;
  loop_thread_post (self->loop, input_ready, ready, input_ready_free);
}

/**
 * room_remove_input:
 * @self: the room
 * @input: an input; may be freed when this returns
 */
void
room_remove_input (Room *self, SendBranch *input)
{
  call (self, remove_input, &(RoomCall){ .branch = input });
}

/**
 * room_add_output:
 * @self: the room
 * @pad: a ghost pad that the application requested
 * @role: what it shows
 * @kind: audio or video
 * @slot: for %OUTPUT_SLOT, whose
 */
void
room_add_output (
    Room *self, GstPad *pad, OutputRole role, MediaKind kind, guint slot)
{
  call (self, add_output,
      &(RoomCall){ .pad = pad, .role = role, .kind = kind, .slot = slot });
}

/**
 * room_output_linked:
 * @self: the room
 * @pad: an output that was linked just now
 *
 * Does not wait: the application may hold locks of its own.
 */
void
room_output_linked (Room *self, GstPad *pad)
{
  OutputLinked *linked = g_new0 (OutputLinked, 1);

  linked->room = self;
  linked->pad = gst_object_ref (pad);
  loop_thread_post (self->loop, output_linked, linked, output_linked_free);
}

/**
 * room_remove_output:
 * @self: the room
 * @pad: an output that the application releases
 */
void
room_remove_output (Room *self, GstPad *pad)
{
  call (self, remove_output, &(RoomCall){ .pad = pad });
}

/**
 * room_get_stats:
 * @self: the room
 *
 * Returns: (transfer full): "roomcall/stats": how many peers, the sums of frames
 *   and bytes in both directions, and the same for each peer
 */
GstStructure *
room_get_stats (Room *self)
{
  RoomCall arguments = { 0 };

  call (self, get_stats, &arguments);
  return arguments.answer;
}

/**
 * room_act:
 * @self: the room
 * @action: what is asked for
 * @who: (nullable): an id or a display name; %NULL: the one it can only be
 *
 * Does not wait.
 */
void
room_act (Room *self, RoomCallAction action, const char *who)
{
  RoomAct *arguments = g_new0 (RoomAct, 1);

  arguments->room = self;
  arguments->action = action;
  arguments->who = g_strdup (who);
  loop_thread_post (self->loop, act, arguments, room_act_free);
}

/**
 * room_get_peers:
 * @self: the room
 *
 * Returns: (transfer full): "roomcall/peers": who is there, and how the call
 *   with each stands
 */
GstStructure *
room_get_peers (Room *self)
{
  RoomCall arguments = { 0 };

  call (self, get_peers, &arguments);
  return arguments.answer;
}
