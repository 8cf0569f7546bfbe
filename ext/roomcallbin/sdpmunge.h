/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpdescription.h"

G_BEGIN_DECLS

void sdp_prepare_offer (GstSDPMessage *offer);
gboolean sdp_prepare_answer (
    GstSDPMessage *answer, const SdpDescription *offer, GError **error);
void sdp_keep_role (
    GstSDPMessage *answer, const SdpDescription *offer, const char **role);
gboolean sdp_can_reoffer (const GstSDPMessage *local);
char *sdp_from_webrtcbin (const GstSDPMessage *message,
    const SdpDescription *offer, const char *leg, const char *member);

G_END_DECLS
