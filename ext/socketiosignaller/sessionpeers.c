/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sessionpeers.h"

#include "sdpfind.h"

/* A peer that floods ids costs us at most this many. */
#define MAX_PEERS 1024

typedef struct {
  gboolean named;
  /* Of our latest description to it */
  char *ufrag;
  /* An answer went one way or the other */
  gboolean agreed;
  /* Its latest offer came by the message for later ones */
  gboolean heard_later;
} Peer;

struct _SessionPeers {
  GHashTable *peers;
};

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_free (peer->ufrag);
  g_free (peer);
}

/**
 * session_peers_new:
 *
 * Returns: (transfer full): nobody
 */
SessionPeers *
session_peers_new (void)
{
  SessionPeers *self = g_new0 (SessionPeers, 1);

  self->peers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, peer_free);
  return self;
}

/**
 * session_peers_free:
 * @self: (transfer full): the peers
 */
void
session_peers_free (SessionPeers *self)
{
  g_hash_table_unref (self->peers);
  g_free (self);
}

/**
 * session_peers_clear:
 * @self: the peers
 *
 * Forgets all of them.
 */
void
session_peers_clear (SessionPeers *self)
{
  g_hash_table_remove_all (self->peers);
}

static Peer *
find (SessionPeers *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->peers, id) : NULL;
}

static Peer *
find_or_add (SessionPeers *self, const char *id)
{
  Peer *peer = find (self, id);

  if (peer == NULL && id != NULL
      && g_hash_table_size (self->peers) < MAX_PEERS) {
    peer = g_new0 (Peer, 1);
    g_hash_table_insert (self->peers, g_strdup (id), peer);
  }
  return peer;
}

/**
 * session_peers_add:
 * @self: the peers
 * @id: a peer that is there
 *
 * Returns: whether it is new and there is room for it: it is to be named
 */
gboolean
session_peers_add (SessionPeers *self, const char *id)
{
  Peer *peer = find_or_add (self, id);
  gboolean is_new = peer != NULL && !peer->named;

  if (is_new)
    peer->named = TRUE;
  return is_new;
}

/**
 * session_peers_contains:
 * @self: the peers
 * @id: (nullable): a peer
 *
 * Returns: whether it was named
 */
gboolean
session_peers_contains (SessionPeers *self, const char *id)
{
  Peer *peer = find (self, id);

  return peer != NULL && peer->named;
}

/**
 * session_peers_remove:
 * @self: the peers
 * @id: a peer that left
 *
 * Returns: whether it had been named
 */
gboolean
session_peers_remove (SessionPeers *self, const char *id)
{
  gboolean named = session_peers_contains (self, id);

  g_hash_table_remove (self->peers, id);
  return named;
}

/**
 * session_peers_list:
 * @self: the peers
 *
 * Returns: (transfer full): the ids of those who were named
 */
char **
session_peers_list (SessionPeers *self)
{
  GPtrArray *ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id, peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, &id, &peer)) {
    if (((Peer *) peer)->named)
      g_ptr_array_add (ids, g_strdup (id));
  }
  g_ptr_array_add (ids, NULL);
  return (char **) g_ptr_array_free (ids, FALSE);
}

/**
 * session_peers_end_call:
 * @self: the peers
 * @id: (nullable): a peer whose call is over; %NULL: nobody knows whose
 */
void
session_peers_end_call (SessionPeers *self, const char *id)
{
  Peer *peer = find (self, id);

  if (peer == NULL)
    return;
  peer->agreed = peer->heard_later = FALSE;
}

/**
 * session_peers_heard:
 * @self: the peers
 * @id: (nullable): who sent a description
 * @is_offer: what it is
 * @is_later: whether it came by the message for later ones
 */
void
session_peers_heard (
    SessionPeers *self, const char *id, gboolean is_offer, gboolean is_later)
{
  Peer *peer = find_or_add (self, id);

  if (peer == NULL)
    return;
  if (is_offer)
    peer->heard_later = is_later;
  else
    peer->agreed = TRUE;
}

/**
 * session_peers_says:
 * @self: the peers
 * @id: to whom we send a description
 * @is_offer: what it is
 * @sdp: its text
 *
 * Returns: whether it goes by the message for later ones: an offer on the
 *   connection on which something was agreed on, the answer to a later offer
 */
gboolean
session_peers_says (
    SessionPeers *self, const char *id, gboolean is_offer, const char *sdp)
{
  Peer *peer = find_or_add (self, id);
  g_auto (GStrv) ufrags = sdp_find_ufrags (sdp);

  if (peer == NULL)
    return FALSE;
  /* Another one is another connection's. */
  if (ufrags != NULL && g_strcmp0 (ufrags[0], peer->ufrag) != 0) {
    peer->agreed = FALSE;
    g_free (peer->ufrag);
    peer->ufrag = g_strdup (ufrags[0]);
  }
  if (is_offer)
    return peer->agreed;
  peer->agreed = TRUE;
  return peer->heard_later;
}

/**
 * session_peers_get_ufrag:
 * @self: the peers
 * @id: a peer
 *
 * Returns: (nullable): the user name fragment of our latest description to it. A
 *   receiver that is not told who sends a candidate goes by this (RFC 8839
 *   section 5.4).
 */
const char *
session_peers_get_ufrag (SessionPeers *self, const char *id)
{
  Peer *peer = find (self, id);

  return peer != NULL ? peer->ufrag : NULL;
}
