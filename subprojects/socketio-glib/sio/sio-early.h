/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-packet.h"

G_BEGIN_DECLS

/* Events that came before the server's answer to CONNECT, in order and not
 * without limit. */
typedef struct {
  GQueue packets;
  gsize bytes;
} SioEarly;

gboolean sio_early_push (
    SioEarly *self, const SioPacket *packet, const SioLimitValues *limits);
SioPacket *sio_early_pop (SioEarly *self);
void sio_early_clear (SioEarly *self);

G_END_DECLS
