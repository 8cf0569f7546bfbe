/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "singlepeer.h"

#include "sdpfind.h"

#include <string.h>

struct _SinglePeer {
  /* What its messages are signed with; NULL: not known */
  char *id;
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
  g_clear_pointer (&self->print, g_free);
  g_clear_pointer (&self->ufrags, g_strfreev);
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
  single_peer_release (self);
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

/**
 * single_peer_admit:
 * @self: the peer
 * @event: a message
 *
 * The first one that announces itself or describes a connection becomes the peer;
 * who hangs up or leaves is it no more.
 *
 * Returns: %FALSE if the message is a third party's
 */
gboolean
single_peer_admit (SinglePeer *self, const RoomEvent *event)
{
  g_autofree char *print = NULL;
  const char *id = event->peer;

  if (event->kind == ROOM_EVENT_PEER_JOINED)
    id = ((RoomMember *) g_ptr_array_index (event->peers, 0))->id;
  if (g_strcmp0 (id, DIALECT_SINGLE_PEER) == 0)
    id = NULL; /* Nobody signed it. */
  if (is_other (self->id, id))
    return FALSE;

  switch (event->kind) {
    case ROOM_EVENT_PEER_JOINED:
      adopt (self, id);
      return TRUE;
    case ROOM_EVENT_DESCRIPTION:
      print = sdp_find_fingerprint (event->text);
      /* A signed one may make a new connection, which an unsigned one cannot
       * be told from that of a third party. */
      if (id == NULL && is_other (self->print, print))
        return FALSE;
      adopt (self, id);
      g_free (self->print);
      self->print = g_steal_pointer (&print);
      g_strfreev (self->ufrags);
      self->ufrags = sdp_find_ufrags (event->text);
      return TRUE;
    case ROOM_EVENT_CANDIDATE:
      return id != NULL || !is_foreign_candidate (self, event);
    case ROOM_EVENT_PEER_LEFT:
    case ROOM_EVENT_CALL_ENDED:
      single_peer_release (self);
      return TRUE;
    default:
      return TRUE;
  }
}
