/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "iceservers.h"

G_BEGIN_DECLS

/**
 * LegRelays:
 *
 * The TURN servers of one connection, and the question why none of them gave it a
 * relay. On the owner's loop thread.
 */
typedef struct _LegRelays LegRelays;

/**
 * LegRelaysDone:
 * @is_final: whether it is of no use to try again with the same passwords
 * @text: for people, what each server says
 * @data: handed to leg_relays_ask()
 *
 * Must not free the relays.
 */
typedef void (*LegRelaysDone) (
    gboolean is_final, const char *text, gpointer data);

LegRelays *leg_relays_new (
    const IceServers *servers, GTlsDatabase *authorities, GPtrArray *addresses);
void leg_relays_free (LegRelays *self);
void leg_relays_add_to (LegRelays *self, GstElement *webrtcbin);
void leg_relays_ask (LegRelays *self, LegRelaysDone done, gpointer data);
void leg_relays_cancel (LegRelays *self);
void leg_relays_close (LegRelays *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LegRelays, leg_relays_free)

G_END_DECLS
