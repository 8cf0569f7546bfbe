/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "codectable.h"

G_BEGIN_DECLS

/**
 * RecvBranch:
 *
 * One stream that a peer sends us.
 *
 *   webrtcbin src pad -> | gate -> depayloader -> tee (encoded) -> decoder
 *     -> tee (raw)
 *
 * Each output is a ghost pad of the peer's bin. The elements come from the
 * codec table, never from autoplugging. The decoder is made when the first raw
 * output is asked for, and is fed only while there is one.
 */
typedef struct _RecvBranch RecvBranch;

RecvBranch *recv_branch_new (GstBin *peer_bin, GstPad *pad, GError **error);
void recv_branch_free (RecvBranch *self);

MediaKind recv_branch_get_kind (RecvBranch *self);
const Codec *recv_branch_get_codec (RecvBranch *self);
const char *recv_branch_get_mid (RecvBranch *self);
const char *recv_branch_get_msid (RecvBranch *self);

void recv_branch_open (RecvBranch *self);
void recv_branch_release (RecvBranch *self);
GstPad *recv_branch_add_output (
    RecvBranch *self, gboolean encoded, GError **error);
void recv_branch_remove_output (RecvBranch *self, GstPad *pad);

gboolean recv_branch_warm_up (RecvBranch *self, GError **error);
gboolean recv_branch_is_warm (RecvBranch *self);
void recv_branch_cool_down (RecvBranch *self);

void recv_branch_get_counters (
    RecvBranch *self, guint64 *frames, guint64 *bytes);
gint64 recv_branch_get_last_time (RecvBranch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecvBranch, recv_branch_free)

G_END_DECLS
