/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-budget.h"
#include "sio-packet.h"

G_BEGIN_DECLS

/* Who gets what came. Each may end the input. */
typedef struct {
  void (*packet) (gpointer data, SioPacket *packet);
  /* The peer broke the protocol: nothing more can be read. */
  void (*broken) (gpointer data, const GError *error);
} SioPacketInputHandler;

typedef struct _SioPacketInput SioPacketInput;

SioPacketInput *sio_packet_input_new (GMainContext *context, SioLimits *limits,
    gboolean strict, const SioPacketInputHandler *handler, gpointer data);
void sio_packet_input_limit_unfinished (
    SioPacketInput *self, SioBudget *budget);
void sio_packet_input_free (SioPacketInput *self);
void sio_packet_input_text (
    SioPacketInput *self, const char *text, gsize length);
void sio_packet_input_binary (
    SioPacketInput *self, gconstpointer bytes, gsize length);
void sio_packet_input_reset (SioPacketInput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioPacketInput, sio_packet_input_free)

G_END_DECLS
