/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-packet.h"

G_BEGIN_DECLS

char *sio_connect_reply_dup_id (
    const SioPacket *packet, const char *old_session, GError **error);
GError *sio_connect_reply_get_refusal (const SioPacket *packet);

G_END_DECLS
