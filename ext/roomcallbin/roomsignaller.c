/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomsignaller.h"

#include "roomcontract.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

#define MAX_ARGUMENTS 4

typedef enum {
  MEMBER_JOINED,
  MEMBER_DISCONNECTED,
  MEMBER_LEFT,
  MEMBER_ROSTER_COMPLETE,
  MEMBER_PEER_JOINED,
  MEMBER_PEER_LEFT,
  MEMBER_DESCRIPTION,
  MEMBER_CANDIDATE,
  MEMBER_CALL_ENDED,
  MEMBER_ICE_SERVERS,
  N_SIGNALS,
  MEMBER_SEND_DESCRIPTION = N_SIGNALS,
  MEMBER_SEND_CANDIDATE,
  MEMBER_END_CALL,
  MEMBER_REJECT_CALL,
  MEMBER_FORGET_CALL,
  MEMBER_REFRESH_ICE_SERVERS,
  N_MEMBERS,
} Member;

/* The arguments of the contract, a letter each: s string, i int, b boolean,
 * S GstStructure. */
static const struct {
  const char *name;
  const char *arguments;
  gboolean optional;
  gboolean returns; /* a boolean, and else nothing */
} members[N_MEMBERS] = {
  [MEMBER_JOINED] = { ROOM_SIGNAL_JOINED, "s" },
  [MEMBER_DISCONNECTED] = { ROOM_SIGNAL_DISCONNECTED, "sb" },
  [MEMBER_LEFT] = { ROOM_SIGNAL_LEFT, "s" },
  [MEMBER_ROSTER_COMPLETE] = { ROOM_SIGNAL_ROSTER_COMPLETE, "" },
  [MEMBER_PEER_JOINED] = { ROOM_SIGNAL_PEER_JOINED, "ssS" },
  [MEMBER_PEER_LEFT] = { ROOM_SIGNAL_PEER_LEFT, "ss" },
  [MEMBER_DESCRIPTION] = { ROOM_SIGNAL_DESCRIPTION, "sss" },
  [MEMBER_CANDIDATE] = { ROOM_SIGNAL_CANDIDATE, "siss" },
  [MEMBER_CALL_ENDED] = { ROOM_SIGNAL_CALL_ENDED, "ss" },
  [MEMBER_ICE_SERVERS] = { ROOM_SIGNAL_ICE_SERVERS, "sS", TRUE },
  [MEMBER_SEND_DESCRIPTION] = { ROOM_ACTION_SEND_DESCRIPTION, "sss" },
  [MEMBER_SEND_CANDIDATE] = { ROOM_ACTION_SEND_CANDIDATE, "siss" },
  [MEMBER_END_CALL] = { ROOM_ACTION_END_CALL, "ss" },
  [MEMBER_REJECT_CALL] = { ROOM_ACTION_REJECT_CALL, "ss", TRUE },
  [MEMBER_FORGET_CALL] = { ROOM_ACTION_FORGET_CALL, "s", TRUE },
  [MEMBER_REFRESH_ICE_SERVERS] = { ROOM_ACTION_REFRESH_ICE_SERVERS, "", TRUE,
      TRUE },
};

typedef struct {
  RoomSignaller *signaller;
  Member member;
} Handler;

struct _RoomSignaller {
  /* Atomic: of the owner, of each closure and of each posted call. A signal
   * may be on its way through the element's thread when its handler is
   * disconnected on ours; then the closure is the last that holds us. */
  gint refs;
  GstElement *element;
  gboolean rejects; /* it has the action for it */
  gboolean forgets; /* that one, too */
  gboolean refreshes;
  LoopThread *loop;
  const RoomSignallerFuncs *funcs; /* NULL once freed by the owner */
  gpointer data;
  Handler handlers[N_SIGNALS];
  gulong ids[N_SIGNALS];
};

typedef struct {
  RoomSignaller *signaller;
  Member member;
  GValue arguments[MAX_ARGUMENTS];
  guint n_arguments;
} Call;

static GType
type_of_letter (char letter)
{
  switch (letter) {
    case 's':
      return G_TYPE_STRING;
    case 'i':
      return G_TYPE_INT;
    case 'b':
      return G_TYPE_BOOLEAN;
    default:
      return GST_TYPE_STRUCTURE;
  }
}

static char *
describe (Member member)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s “%s” (",
      member < N_SIGNALS ? "signal" : "action signal", members[member].name);
  for (const char *p = members[member].arguments; *p != '\0'; p++)
    g_string_append_printf (text, "%s%s",
        p == members[member].arguments ? "" : ", ",
        g_type_name (type_of_letter (*p)));
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

static gboolean
has_member (GType type, Member member)
{
  guint id = g_signal_lookup (members[member].name, type);
  const char *arguments = members[member].arguments;
  GSignalQuery query;

  if (id == 0)
    return FALSE;
  g_signal_query (id, &query);
  if (query.n_params != strlen (arguments)
      || (members[member].returns && query.return_type != G_TYPE_BOOLEAN))
    return FALSE;
  for (guint i = 0; i < query.n_params; i++) {
    GType have = query.param_types[i] & ~G_SIGNAL_TYPE_STATIC_SCOPE;

    if (!g_type_is_a (have, type_of_letter (arguments[i])))
      return FALSE;
  }
  return member < N_SIGNALS || (query.signal_flags & G_SIGNAL_ACTION) != 0;
}

/**
 * room_signaller_check:
 * @element: an element that is to be the signaller
 * @error: set if it is none, as %GST_CORE_ERROR_NOT_IMPLEMENTED; names what it
 *   lacks
 *
 * Returns: whether @element has all signals and actions of the contract, but for
 *   the optional ones
 */
gboolean
room_signaller_check (GstElement *element, GError **error)
{
  for (int member = 0; member < N_MEMBERS; member++) {
    if (!members[member].optional
        && !has_member (G_OBJECT_TYPE (element), (Member) member)) {
      g_autofree char *text = describe ((Member) member);

      g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_NOT_IMPLEMENTED,
          "%s cannot be the signaller: it has no %s.",
          G_OBJECT_TYPE_NAME (element), text);
      return FALSE;
    }
  }
  return TRUE;
}

static void
signaller_unref (RoomSignaller *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  gst_object_unref (self->element);
  loop_thread_unref (self->loop);
  g_free (self);
}

static void
handler_finalized (gpointer data, GClosure *closure)
{
  Handler *handler = data;

  signaller_unref (handler->signaller);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  signaller_unref (call->signaller);
  for (guint i = 0; i < call->n_arguments; i++)
    g_value_unset (&call->arguments[i]);
  g_free (call);
}

static gboolean
strings_are_valid (const Call *call)
{
  for (guint i = 0; i < call->n_arguments; i++) {
    const char *text;

    if (!G_VALUE_HOLDS_STRING (&call->arguments[i]))
      continue;
    text = g_value_get_string (&call->arguments[i]);
    if (text != NULL && !g_utf8_validate (text, -1, NULL))
      return FALSE;
  }
  return TRUE;
}

static gboolean
call_run (gpointer data)
{
  Call *call = data;
  const RoomSignallerFuncs *funcs = call->signaller->funcs;
  gpointer owner = call->signaller->data;
  const GValue *v = call->arguments;

  if (funcs == NULL)
    return G_SOURCE_REMOVE;
#define STRING(i) g_value_get_string (&v[i])
  switch (call->member) {
    case MEMBER_JOINED:
      funcs->joined (STRING (0), owner);
      break;
    case MEMBER_DISCONNECTED:
      funcs->disconnected (STRING (0), g_value_get_boolean (&v[1]), owner);
      break;
    case MEMBER_LEFT:
      funcs->left (STRING (0), owner);
      break;
    case MEMBER_ROSTER_COMPLETE:
      funcs->roster_complete (owner);
      break;
    case MEMBER_PEER_JOINED:
      funcs->peer_joined (
          STRING (0), STRING (1), g_value_get_boxed (&v[2]), owner);
      break;
    case MEMBER_PEER_LEFT:
      funcs->peer_left (STRING (0), STRING (1), owner);
      break;
    case MEMBER_DESCRIPTION:
      funcs->description (STRING (0), STRING (1), STRING (2), owner);
      break;
    case MEMBER_CANDIDATE:
      funcs->candidate (
          STRING (0), g_value_get_int (&v[1]), STRING (2), STRING (3), owner);
      break;
    case MEMBER_CALL_ENDED:
      funcs->call_ended (STRING (0), STRING (1), owner);
      break;
    case MEMBER_ICE_SERVERS:
      funcs->ice_servers (STRING (0), g_value_get_boxed (&v[1]), owner);
      break;
    default:
      break;
  }
#undef STRING
  return G_SOURCE_REMOVE;
}

/* On the signaller's thread. */
static void
on_signal (GClosure *closure, GValue *result, guint n_values,
    const GValue *values, gpointer hint, gpointer marshal_data)
{
  Handler *handler = closure->data;
  Call *call = g_new0 (Call, 1);

  call->signaller = handler->signaller;
  g_atomic_int_inc (&call->signaller->refs);
  call->member = handler->member;
  call->n_arguments = MIN (n_values - 1, MAX_ARGUMENTS);
  for (guint i = 0; i < call->n_arguments; i++) {
    g_value_init (&call->arguments[i],
        type_of_letter (members[handler->member].arguments[i]));
    g_value_copy (&values[i + 1], &call->arguments[i]);
  }
  if (!strings_are_valid (call)) {
    GST_WARNING_OBJECT (handler->signaller->element,
        "signal %s with text that is no UTF-8, dropped",
        members[handler->member].name);
    call_free (call);
    return;
  }
  loop_thread_post (handler->signaller->loop, call_run, call, call_free);
}

/**
 * room_signaller_new:
 * @element: an element that passed room_signaller_check()
 * @loop: the thread to call @funcs on
 * @funcs: all must be set
 * @data: handed to @funcs
 *
 * Returns: (transfer full): connected to the element's signals
 */
RoomSignaller *
room_signaller_new (GstElement *element, LoopThread *loop,
    const RoomSignallerFuncs *funcs, gpointer data)
{
  RoomSignaller *self = g_new0 (RoomSignaller, 1);

  self->refs = 1;
  self->element = gst_object_ref (element);
  self->rejects = has_member (G_OBJECT_TYPE (element), MEMBER_REJECT_CALL);
  self->forgets = has_member (G_OBJECT_TYPE (element), MEMBER_FORGET_CALL);
  self->refreshes =
      has_member (G_OBJECT_TYPE (element), MEMBER_REFRESH_ICE_SERVERS);
  self->loop = loop_thread_ref (loop);
  self->funcs = funcs;
  self->data = data;
  for (int member = 0; member < N_SIGNALS; member++) {
    GClosure *closure;

    if (!has_member (G_OBJECT_TYPE (element), (Member) member))
      continue;
    closure = g_closure_new_simple (sizeof (GClosure), &self->handlers[member]);
    self->handlers[member] = (Handler){ self, (Member) member };
    g_atomic_int_inc (&self->refs);
    g_closure_add_finalize_notifier (
        closure, &self->handlers[member], handler_finalized);
    g_closure_set_marshal (closure, on_signal);
    self->ids[member] = g_signal_connect_closure (
        element, members[member].name, closure, FALSE);
  }
  return self;
}

/**
 * room_signaller_free:
 * @self: (transfer full): the signaller
 *
 * Ends the calls of its functions; on its loop thread.
 */
void
room_signaller_free (RoomSignaller *self)
{
  for (int member = 0; member < N_SIGNALS; member++) {
    if (self->ids[member] != 0)
      g_signal_handler_disconnect (self->element, self->ids[member]);
  }
  self->funcs = NULL;
  signaller_unref (self);
}

/**
 * room_signaller_has_trickle:
 * @self: the signaller
 *
 * Returns: whether candidates may go apart from the description, which is so
 *   unless the element has a property “trickle” that says no
 */
gboolean
room_signaller_has_trickle (RoomSignaller *self)
{
  GParamSpec *pspec = g_object_class_find_property (
      G_OBJECT_GET_CLASS (self->element), "trickle");
  gboolean trickle = TRUE;

  if (pspec != NULL && pspec->value_type == G_TYPE_BOOLEAN)
    g_object_get (self->element, "trickle", &trickle, NULL);
  return trickle;
}

/**
 * room_signaller_send_description:
 * @self: the signaller
 * @id: the peer
 * @type: "offer" or "answer"
 * @sdp: the description
 */
void
room_signaller_send_description (
    RoomSignaller *self, const char *id, const char *type, const char *sdp)
{
  g_signal_emit_by_name (
      self->element, ROOM_ACTION_SEND_DESCRIPTION, id, type, sdp);
}

/**
 * room_signaller_send_candidate:
 * @self: the signaller
 * @id: the peer
 * @mline: index of the m-line
 * @mid: (nullable): its identification tag
 * @candidate: the candidate, "" at the end
 */
void
room_signaller_send_candidate (RoomSignaller *self, const char *id, int mline,
    const char *mid, const char *candidate)
{
  g_signal_emit_by_name (
      self->element, ROOM_ACTION_SEND_CANDIDATE, id, mline, mid, candidate);
}

/**
 * room_signaller_end_call:
 * @self: the signaller
 * @id: the peer
 * @reason: for people
 */
void
room_signaller_end_call (
    RoomSignaller *self, const char *id, const char *reason)
{
  g_signal_emit_by_name (self->element, ROOM_ACTION_END_CALL, id, reason);
}

/**
 * room_signaller_reject_call:
 * @self: the signaller
 * @id: the peer whose offer is not accepted
 * @reason: for people
 *
 * Says it by the hang-up where the signaller knows no refusal.
 */
void
room_signaller_reject_call (
    RoomSignaller *self, const char *id, const char *reason)
{
  g_signal_emit_by_name (self->element,
      self->rejects ? ROOM_ACTION_REJECT_CALL : ROOM_ACTION_END_CALL, id,
      reason);
}

/**
 * room_signaller_forget_call:
 * @self: the signaller
 * @id: a peer that has ended the call itself, or whose offer is passed over
 *
 * Says nothing to the peer.
 */
void
room_signaller_forget_call (RoomSignaller *self, const char *id)
{
  if (self->forgets)
    g_signal_emit_by_name (self->element, ROOM_ACTION_FORGET_CALL, id);
}

/**
 * room_signaller_refresh_ice_servers:
 * @self: the signaller
 *
 * Asks for other TURN servers than it named, if any. They come, if they do, as any
 * do.
 *
 * Returns: whether it can ask
 */
gboolean
room_signaller_refresh_ice_servers (RoomSignaller *self)
{
  gboolean asks = FALSE;

  if (self->refreshes)
    g_signal_emit_by_name (
        self->element, ROOM_ACTION_REFRESH_ICE_SERVERS, &asks);
  return asks;
}
