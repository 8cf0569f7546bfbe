/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "singlepeer.h"

#include "sdpfind.h"

#include <string.h>

struct _SinglePeer {
  /* What its messages are signed with; NULL: not known */
  char *id;
  /* A description went one way or the other, and the call is not over */
  gboolean busy;
  /* An offer of ours is out, which anybody may answer */
  gboolean open;
  /* It described a connection since it came: an offer of ours that is out now may
   * be to one who is gone for good */
  gboolean described;
  /* Of its latest description; NULL: not known */
  char *print;
  GStrv ufrags;
  /* Of our latest offer */
  GStrv own_ufrags;
};

/**
 * single_peer_new:
 *
 * Returns: (transfer full): nobody
 */
SinglePeer *
single_peer_new (void)
{
  return g_new0 (SinglePeer, 1);
}

/**
 * single_peer_free:
 * @self: (transfer full): the peer
 */
void
single_peer_free (SinglePeer *self)
{
  single_peer_release (self);
  g_strfreev (self->own_ufrags);
  g_free (self);
}

static void
forget_call (SinglePeer *self)
{
  g_clear_pointer (&self->print, g_free);
  g_clear_pointer (&self->ufrags, g_strfreev);
  self->busy = self->open = FALSE;
}

/**
 * single_peer_release:
 * @self: the peer
 *
 * The call is over: whoever comes next is the one.
 */
void
single_peer_release (SinglePeer *self)
{
  g_clear_pointer (&self->id, g_free);
  forget_call (self);
}

/**
 * single_peer_reconnect:
 * @self: the peer
 *
 * We are on another connection, and so may it be: ids are new, but a call goes
 * on, by what was described before.
 */
void
single_peer_reconnect (SinglePeer *self)
{
  g_clear_pointer (&self->id, g_free);
}

/**
 * single_peer_is_busy:
 * @self: the peer
 *
 * Returns: whether there is a call with it, or one is being made
 */
gboolean
single_peer_is_busy (SinglePeer *self)
{
  return self->busy;
}

/**
 * single_peer_take_own:
 * @self: the peer
 * @sdp: an offer of our own that goes out
 *
 * A new connection is offered to everybody, and its peer is who answers first.
 */
void
single_peer_take_own (SinglePeer *self, const char *sdp)
{
  g_auto (GStrv) ufrags = sdp_find_ufrags (sdp);

  if (ufrags == NULL
      || (self->own_ufrags != NULL
          && g_strcmp0 (ufrags[0], self->own_ufrags[0]) == 0))
    return;
  g_strfreev (self->own_ufrags);
  self->own_ufrags = g_steal_pointer (&ufrags);
  forget_call (self);
  self->busy = self->open = TRUE;
}

/* Neither @id nor what is known tells the peer from somebody else. */
static gboolean
is_anonymous (SinglePeer *self, const char *id)
{
  return self->id == NULL || id == NULL;
}

static gboolean
is_other (const char *known, const char *told)
{
  return known != NULL && told != NULL && strcmp (known, told) != 0;
}

/* The end of candidates names nobody, and is as good from anybody. */
static gboolean
is_foreign_candidate (SinglePeer *self, const RoomEvent *event)
{
  g_autofree char *ufrag = sdp_find_ufrag (event->text);

  return ufrag != NULL && self->ufrags != NULL
      && !g_strv_contains ((const char *const *) self->ufrags, ufrag);
}

/* Who sends a message that makes a call, or agrees to one, is the peer. */
static void
adopt (SinglePeer *self, const char *id)
{
  if (id == NULL)
    return;
  g_free (self->id);
  self->id = g_strdup (id);
}

/* The same one with a new connection, if it is signed, or by its fingerprint: an
 * unsigned one cannot be told from that of a third party otherwise, and who has come
 * back to the server signs with another id. */
static gboolean
admit_description (SinglePeer *self, const char *id, const char *sdp)
{
  g_autofree char *print = sdp_find_fingerprint (sdp);
  gboolean is_same_print = print != NULL && g_strcmp0 (self->print, print) == 0;

  if (!self->open && !is_same_print
      && (is_other (self->id, id)
          || (is_anonymous (self, id) && is_other (self->print, print))))
    return FALSE;
  adopt (self, id);
  forget_call (self);
  self->busy = self->described = TRUE;
  self->print = g_steal_pointer (&print);
  self->ufrags = sdp_find_ufrags (sdp);
  return TRUE;
}

/**
 * single_peer_admit:
 * @self: the peer
 * @event: a message
 *
 * The first one that announces itself or describes a connection becomes the peer;
 * who hangs up or leaves is it no more. An announcement of the peer's is a new
 * beginning, and one that nobody signed is a third party's while a call goes on.
 *
 * Returns: %FALSE if the message is a third party's
 */
gboolean
single_peer_admit (SinglePeer *self, const RoomEvent *event)
{
  const char *id = event->peer;

  if (event->kind == ROOM_EVENT_PEER_JOINED)
    id = ((RoomMember *) g_ptr_array_index (event->peers, 0))->id;
  if (g_strcmp0 (id, DIALECT_SINGLE_PEER) == 0)
    id = NULL; /* Nobody signed it. */
  if (event->kind == ROOM_EVENT_DESCRIPTION)
    return admit_description (self, id, event->text);
  if (event->kind == ROOM_EVENT_CANDIDATE && self->open)
    return TRUE; /* Of an answer that is on its way. */
  /* Whoever comes while a lost one is called anew is as good, and may be the
   * same. */
  if (event->kind == ROOM_EVENT_PEER_JOINED && self->open && self->described)
    single_peer_release (self);
  if (is_other (self->id, id))
    return FALSE;

  switch (event->kind) {
    case ROOM_EVENT_PEER_JOINED:
      if (self->busy && is_anonymous (self, id))
        return FALSE;
      adopt (self, id);
      forget_call (self);
      self->described = FALSE;
      return TRUE;
    case ROOM_EVENT_CANDIDATE:
      return !is_anonymous (self, id) || !is_foreign_candidate (self, event);
    case ROOM_EVENT_PEER_LEFT:
    case ROOM_EVENT_CALL_ENDED:
      single_peer_release (self);
      self->described = FALSE;
      return TRUE;
    default:
      return TRUE;
  }
}
