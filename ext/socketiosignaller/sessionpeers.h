/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SessionPeers:
 *
 * What a session knows of its peers: who was named, the user name fragment of
 * our latest description, and how far its negotiations are. It is bounded,
 * whatever ids a peer floods us with. Not thread-safe.
 */
typedef struct _SessionPeers SessionPeers;

SessionPeers *session_peers_new (void);
void session_peers_free (SessionPeers *self);
void session_peers_clear (SessionPeers *self);

gboolean session_peers_add (SessionPeers *self, const char *id);
gboolean session_peers_contains (SessionPeers *self, const char *id);
gboolean session_peers_remove (SessionPeers *self, const char *id);
char **session_peers_list (SessionPeers *self);

void session_peers_end_call (SessionPeers *self, const char *id);
void session_peers_heard (
    SessionPeers *self, const char *id, gboolean is_offer, gboolean is_later);
gboolean session_peers_says (
    SessionPeers *self, const char *id, gboolean is_offer, const char *sdp);
const char *session_peers_get_ufrag (SessionPeers *self, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SessionPeers, session_peers_free)

G_END_DECLS
