/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "codectable.h"

G_BEGIN_DECLS

/**
 * SendBranch:
 *
 * One input of the call: what is captured is encoded here once, whatever the
 * number of peers, and fanned out by a tee. It knows nothing of peers.
 *
 *   sink pad -> clocksync -> convert -> mute -> tee (raw) -> queue -> encoder
 *     -> tee (encoded) -> one request pad for each peer
 *
 * Input that is already encoded goes from the clocksync to the second tee. The
 * chain is built by the streaming thread when the caps arrive; until the
 * ready callback has run, nothing but the sink pad may be used.
 */
typedef struct _SendBranch SendBranch;

/* Of an encoder's key frames that are asked for, milliseconds. */
#define SEND_BRANCH_KEY_UNIT_INTERVAL_MS 250

typedef struct {
  guint video_bitrate; /* bit/s */
  guint audio_bitrate; /* bit/s */
} SendBranchSettings;

/**
 * SendBranchFunc:
 * @branch: the branch
 * @error: (nullable): why it cannot be sent, %NULL once it is ready
 * @data: handed to send_branch_new()
 *
 * Called once, from the streaming thread.
 */
typedef void (*SendBranchFunc) (
    SendBranch *branch, const GError *error, gpointer data);

SendBranch *send_branch_new (GstBin *bin, MediaKind kind,
    const SendBranchSettings *settings, SendBranchFunc ready, gpointer data,
    GError **error);
void send_branch_rest (SendBranch *self);
void send_branch_stop (SendBranch *self);
void send_branch_remove (SendBranch *self);
SendBranch *send_branch_ref (SendBranch *self);
void send_branch_unref (SendBranch *self);

MediaKind send_branch_get_kind (SendBranch *self);
const Codec *send_branch_get_codec (SendBranch *self);
GstPad *send_branch_get_sink_pad (SendBranch *self);

GstPad *send_branch_request_encoded (SendBranch *self);
GstPad *send_branch_request_raw (SendBranch *self, GError **error);
void send_branch_release (SendBranch *self, GstPad *pad);

void send_branch_force_key_unit (SendBranch *self);
void send_branch_set_muted (SendBranch *self, gboolean muted);
void send_branch_apply_muted (SendBranch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SendBranch, send_branch_unref)

G_END_DECLS
