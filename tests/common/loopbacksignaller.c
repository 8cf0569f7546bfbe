/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loopbacksignaller.h"

#include "loopthread.h"
#include "roomcontract.h"

struct _LoopbackSignaller {
  GstElement parent;

  char *room; /* under OBJECT_LOCK */
  char *display_name;

  /* The hub thread's. */
  char *id; /* while in the room */

  LoopbackFilter filter;
  gpointer filter_data;
  const char *role; /* towards those who were there before */
  const char *others_role;
};

G_DEFINE_FINAL_TYPE (LoopbackSignaller, loopback_signaller, GST_TYPE_ELEMENT)

enum {
  PROP_0,
  PROP_ROOM,
  PROP_DISPLAY_NAME,
};

enum {
  SIGNAL_JOINED,
  SIGNAL_DISCONNECTED,
  SIGNAL_LEFT,
  SIGNAL_ROSTER_COMPLETE,
  SIGNAL_PEER_JOINED,
  SIGNAL_PEER_LEFT,
  SIGNAL_DESCRIPTION,
  SIGNAL_CANDIDATE,
  SIGNAL_CALL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- the hub: one thread for all rooms --- */

static struct {
  GMutex lock; /* guards loop */
  LoopThread *loop;
  GPtrArray *members; /* LoopbackSignaller, referenced; the hub thread's */
  guint serial;
} hub;

typedef struct {
  LoopbackSignaller *self;
  void (*func) (LoopbackSignaller *self, char **arguments, int number);
  char **arguments;
  int number;
} HubCall;

static void
hub_call_free (gpointer data)
{
  HubCall *call = data;

  if (call->self != NULL)
    gst_object_unref (call->self);
  for (guint i = 0; i < 4; i++)
    g_free (call->arguments[i]);
  g_free (call->arguments);
  g_free (call);
}

static gboolean
hub_call_run (gpointer data)
{
  HubCall *call = data;

  call->func (call->self, call->arguments, call->number);
  return G_SOURCE_REMOVE;
}

static LoopThread *
hub_get (void)
{
  g_mutex_lock (&hub.lock);
  if (hub.loop == NULL) {
    hub.loop = loop_thread_new ("loopback-hub");
    hub.members = g_ptr_array_new_with_free_func (gst_object_unref);
  }
  g_mutex_unlock (&hub.lock);
  return hub.loop;
}

static void
hub_post (LoopbackSignaller *self,
    void (*func) (LoopbackSignaller *self, char **arguments, int number),
    const char *a, const char *b, const char *c, const char *d, int number)
{
  HubCall *call = g_new0 (HubCall, 1);

  call->self = self != NULL ? gst_object_ref (self) : NULL;
  call->func = func;
  call->arguments = g_new0 (char *, 4);
  call->arguments[0] = g_strdup (a);
  call->arguments[1] = g_strdup (b);
  call->arguments[2] = g_strdup (c);
  call->arguments[3] = g_strdup (d);
  call->number = number;
  loop_thread_post (hub_get (), hub_call_run, call, hub_call_free);
}

static char *
get_room (LoopbackSignaller *self)
{
  char *room;

  GST_OBJECT_LOCK (self);
  room = g_strdup (self->room != NULL ? self->room : "");
  GST_OBJECT_UNLOCK (self);
  return room;
}

static gboolean
same_room (LoopbackSignaller *a, LoopbackSignaller *b)
{
  g_autofree char *room_a = get_room (a);
  g_autofree char *room_b = get_room (b);

  return g_str_equal (room_a, room_b);
}

static LoopbackSignaller *
find_peer (LoopbackSignaller *self, const char *id)
{
  for (guint i = 0; i < hub.members->len; i++) {
    LoopbackSignaller *other = g_ptr_array_index (hub.members, i);

    if (other != self && same_room (self, other)
        && g_strcmp0 (other->id, id) == 0)
      return other;
  }
  return NULL;
}

static void
tell_joined (LoopbackSignaller *to, LoopbackSignaller *who, const char *role)
{
  GstStructure *info = gst_structure_new_empty ("info");

  if (who->display_name != NULL)
    gst_structure_set (info, "name", G_TYPE_STRING, who->display_name, NULL);
  g_signal_emit (to, signals[SIGNAL_PEER_JOINED], 0, who->id, role, info);
  gst_structure_free (info);
}

static void
do_join (LoopbackSignaller *self, char **arguments, int number)
{
  if (self->id != NULL)
    return;
  self->id = g_strdup_printf ("member-%u", ++hub.serial);
  g_signal_emit (self, signals[SIGNAL_JOINED], 0, self->id);
  for (guint i = 0; i < hub.members->len; i++) {
    LoopbackSignaller *other = g_ptr_array_index (hub.members, i);

    if (!same_room (self, other))
      continue;
    tell_joined (other, self, self->others_role);
    tell_joined (self, other, self->role);
  }
  g_ptr_array_add (hub.members, gst_object_ref (self));
  g_signal_emit (self, signals[SIGNAL_ROSTER_COMPLETE], 0);
}

static void
do_leave (LoopbackSignaller *self, char **arguments, int number)
{
  g_autofree char *id = g_steal_pointer (&self->id);

  if (id == NULL)
    return;
  g_ptr_array_remove (hub.members, self);
  g_signal_emit (self, signals[SIGNAL_LEFT], 0, "left");
  for (guint i = 0; i < hub.members->len; i++) {
    LoopbackSignaller *other = g_ptr_array_index (hub.members, i);

    if (same_room (self, other))
      g_signal_emit (other, signals[SIGNAL_PEER_LEFT], 0, id, "left");
  }
}

static char *
filter (LoopbackSignaller *self, const char *kind, const char *text)
{
  return self->filter != NULL
      ? self->filter (self->id, kind, text, self->filter_data)
      : g_strdup (text);
}

static void
do_description (LoopbackSignaller *self, char **arguments, int number)
{
  LoopbackSignaller *to = find_peer (self, arguments[0]);
  g_autofree char *text = filter (self, arguments[1], arguments[2]);

  if (to != NULL && text != NULL)
    g_signal_emit (
        to, signals[SIGNAL_DESCRIPTION], 0, self->id, arguments[1], text);
}

static void
do_candidate (LoopbackSignaller *self, char **arguments, int number)
{
  LoopbackSignaller *to = find_peer (self, arguments[0]);
  g_autofree char *text = filter (self, "candidate", arguments[2]);

  if (to != NULL && text != NULL)
    g_signal_emit (
        to, signals[SIGNAL_CANDIDATE], 0, self->id, number, arguments[1], text);
}

static void
do_end_call (LoopbackSignaller *self, char **arguments, int number)
{
  LoopbackSignaller *to = find_peer (self, arguments[0]);
  g_autofree char *text = filter (self, "end-call", arguments[1]);

  if (to != NULL && text != NULL)
    g_signal_emit (to, signals[SIGNAL_CALL_ENDED], 0, self->id, text);
}

/* What a server's restart looks like to its clients. */
static void
do_cut (LoopbackSignaller *unused, char **arguments, int new_ids)
{
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func (gst_object_unref);

  for (guint i = hub.members->len; i > 0; i--) {
    LoopbackSignaller *member = g_ptr_array_index (hub.members, i - 1);
    g_autofree char *room = get_room (member);

    if (!g_str_equal (room, arguments[0]))
      continue;
    g_ptr_array_insert (members, 0, gst_object_ref (member));
    g_ptr_array_remove_index (hub.members, i - 1);
    g_clear_pointer (&member->id, g_free);
    g_signal_emit (
        member, signals[SIGNAL_DISCONNECTED], 0, "transport close", TRUE);
  }
  for (guint i = 0; i < members->len; i++)
    do_join (g_ptr_array_index (members, i), NULL, 0);
}

/**
 * loopback_signaller_cut:
 * @room: a room
 *
 * All members of @room lose their server, and come back under new ids.
 */
void
loopback_signaller_cut (const char *room)
{
  hub_post (NULL, do_cut, room, NULL, NULL, NULL, 0);
}

/**
 * loopback_signaller_shutdown:
 *
 * Ends the hub's thread, at the end of a test.
 */
void
loopback_signaller_shutdown (void)
{
  g_mutex_lock (&hub.lock);
  g_clear_pointer (&hub.loop, loop_thread_free);
  g_clear_pointer (&hub.members, g_ptr_array_unref);
  g_mutex_unlock (&hub.lock);
}

/* --- the element --- */

static void
send_description (
    LoopbackSignaller *self, const char *id, const char *type, const char *sdp)
{
  hub_post (self, do_description, id, type, sdp, NULL, 0);
}

static void
send_candidate (LoopbackSignaller *self, const char *id, int mline,
    const char *mid, const char *candidate)
{
  hub_post (self, do_candidate, id, mid, candidate, NULL, mline);
}

static void
end_call (LoopbackSignaller *self, const char *id, const char *reason)
{
  hub_post (self, do_end_call, id, reason, NULL, NULL, 0);
}

static GstStateChangeReturn
loopback_signaller_change_state (GstElement *element, GstStateChange transition)
{
  LoopbackSignaller *self = LOOPBACK_SIGNALLER (element);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    hub_post (self, do_join, NULL, NULL, NULL, NULL, 0);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    hub_post (self, do_leave, NULL, NULL, NULL, NULL, 0);
  return GST_ELEMENT_CLASS (loopback_signaller_parent_class)
      ->change_state (element, transition);
}

static void
loopback_signaller_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LoopbackSignaller *self = LOOPBACK_SIGNALLER (object);
  char **text = id == PROP_ROOM ? &self->room : &self->display_name;

  GST_OBJECT_LOCK (self);
  g_free (*text);
  *text = g_value_dup_string (value);
  GST_OBJECT_UNLOCK (self);
}

static void
loopback_signaller_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LoopbackSignaller *self = LOOPBACK_SIGNALLER (object);

  GST_OBJECT_LOCK (self);
  g_value_set_string (value, id == PROP_ROOM ? self->room : self->display_name);
  GST_OBJECT_UNLOCK (self);
}

static void
loopback_signaller_finalize (GObject *object)
{
  LoopbackSignaller *self = LOOPBACK_SIGNALLER (object);

  g_free (self->room);
  g_free (self->display_name);
  g_free (self->id);
  G_OBJECT_CLASS (loopback_signaller_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n, ...)
{
  GType types[4];
  va_list args;

  va_start (args, n);
  for (guint i = 0; i < n; i++)
    types[i] = va_arg (args, GType);
  va_end (args);
  return g_signal_newv (name, TYPE_LOOPBACK_SIGNALLER, G_SIGNAL_RUN_LAST, NULL,
      NULL, NULL, NULL, G_TYPE_NONE, n, types);
}

static void
add_action (const char *name, GCallback handler, guint n, ...)
{
  GType types[4];
  va_list args;

  va_start (args, n);
  for (guint i = 0; i < n; i++)
    types[i] = va_arg (args, GType);
  va_end (args);
  g_signal_newv (name, TYPE_LOOPBACK_SIGNALLER,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, g_cclosure_new (handler, NULL, NULL),
      NULL, NULL, NULL, G_TYPE_NONE, n, types);
}

static void
loopback_signaller_class_init (LoopbackSignallerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GType s = G_TYPE_STRING;

  object_class->set_property = loopback_signaller_set_property;
  object_class->get_property = loopback_signaller_get_property;
  object_class->finalize = loopback_signaller_finalize;
  element_class->change_state = loopback_signaller_change_state;
  g_object_class_install_property (object_class, PROP_ROOM,
      g_param_spec_string ("room", "Room", "The room", NULL, flags));
  g_object_class_install_property (object_class, PROP_DISPLAY_NAME,
      g_param_spec_string ("display-name", "Name", "Our name", NULL, flags));

  signals[SIGNAL_JOINED] = add_signal (ROOM_SIGNAL_JOINED, 1, s);
  signals[SIGNAL_DISCONNECTED] =
      add_signal (ROOM_SIGNAL_DISCONNECTED, 2, s, G_TYPE_BOOLEAN);
  signals[SIGNAL_LEFT] = add_signal (ROOM_SIGNAL_LEFT, 1, s);
  signals[SIGNAL_ROSTER_COMPLETE] = add_signal (ROOM_SIGNAL_ROSTER_COMPLETE, 0);
  signals[SIGNAL_PEER_JOINED] =
      add_signal (ROOM_SIGNAL_PEER_JOINED, 3, s, s, GST_TYPE_STRUCTURE);
  signals[SIGNAL_PEER_LEFT] = add_signal (ROOM_SIGNAL_PEER_LEFT, 2, s, s);
  signals[SIGNAL_DESCRIPTION] =
      add_signal (ROOM_SIGNAL_DESCRIPTION, 3, s, s, s);
  signals[SIGNAL_CANDIDATE] =
      add_signal (ROOM_SIGNAL_CANDIDATE, 4, s, G_TYPE_INT, s, s);
  signals[SIGNAL_CALL_ENDED] = add_signal (ROOM_SIGNAL_CALL_ENDED, 2, s, s);
  add_action (
      ROOM_ACTION_SEND_DESCRIPTION, G_CALLBACK (send_description), 3, s, s, s);
  add_action (ROOM_ACTION_SEND_CANDIDATE, G_CALLBACK (send_candidate), 4, s,
      G_TYPE_INT, s, s);
  add_action (ROOM_ACTION_END_CALL, G_CALLBACK (end_call), 2, s, s);

  gst_element_class_set_static_metadata (element_class, "Loopback signaller",
      "Generic", "Rooms inside one process", "The gst-roomcall developers");
}

static void
loopback_signaller_init (LoopbackSignaller *self)
{
  self->role = ROOM_ROLE_OFFERER;
  self->others_role = ROOM_ROLE_ANSWERER;
}

/**
 * loopback_signaller_set_filter:
 * @self: the signaller
 * @func: (nullable): called on the hub's thread with all that is sent
 * @data: handed to @func
 *
 * To be set before it joins.
 */
void
loopback_signaller_set_filter (
    LoopbackSignaller *self, LoopbackFilter func, gpointer data)
{
  self->filter = func;
  self->filter_data = data;
}

/**
 * loopback_signaller_set_roles:
 * @self: the signaller
 * @role: a ROOM_ROLE_ word: its role towards those who are there when it joins
 * @others_role: theirs towards it
 *
 * Both static. To be set before it joins.
 */
void
loopback_signaller_set_roles (
    LoopbackSignaller *self, const char *role, const char *others_role)
{
  self->role = role;
  self->others_role = others_role;
}

/**
 * loopback_signaller_set_called:
 * @self: the signaller
 * @is_called: whether the others call it when it joins, not it them
 *
 * To be set before it joins.
 */
void
loopback_signaller_set_called (LoopbackSignaller *self, gboolean is_called)
{
  if (is_called)
    loopback_signaller_set_roles (self, ROOM_ROLE_ANSWERER, ROOM_ROLE_OFFERER);
  else
    loopback_signaller_set_roles (self, ROOM_ROLE_OFFERER, ROOM_ROLE_ANSWERER);
}
