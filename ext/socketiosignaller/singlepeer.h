/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "roomevent.h"

G_BEGIN_DECLS

/**
 * SinglePeer:
 *
 * Tells the one peer that we are in a call with from third parties, in dialects
 * that send everything to everybody: by its id where messages are signed, else
 * by what its descriptions say of themselves. Who is first stays it until the
 * call is over. It does no I/O. Not thread-safe.
 */
typedef struct _SinglePeer SinglePeer;

SinglePeer *single_peer_new (void);
void single_peer_free (SinglePeer *self);

gboolean single_peer_admit (SinglePeer *self, const RoomEvent *event);
void single_peer_take_own (SinglePeer *self, const char *sdp);
void single_peer_reconnect (SinglePeer *self);
void single_peer_release (SinglePeer *self);
gboolean single_peer_is_busy (SinglePeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinglePeer, single_peer_free)

G_END_DECLS
