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
 * LegRelaysVerdict:
 * @LEG_RELAYS_FINAL: it is of no use to try again with the same servers
 * @LEG_RELAYS_OUTDATED: it may be of use to try with others: there is no server, or
 *   one of them refuses the user name or the password
 */
typedef enum {
  LEG_RELAYS_FINAL = 1 << 0,
  LEG_RELAYS_OUTDATED = 1 << 1,
} LegRelaysVerdict;

/**
 * LegRelaysDone:
 * @verdict: what is to be made of it
 * @text: for people, what each server says
 * @data: handed to leg_relays_ask()
 *
 * Must not free the relays.
 */
typedef void (*LegRelaysDone) (
    LegRelaysVerdict verdict, const char *text, gpointer data);

LegRelays *leg_relays_new (
    const IceServers *servers, GTlsDatabase *authorities, GPtrArray *addresses);
void leg_relays_free (LegRelays *self);
void leg_relays_add_to (LegRelays *self, GstElement *webrtcbin);
void leg_relays_ask (LegRelays *self, LegRelaysDone done, gpointer data);
void leg_relays_cancel (LegRelays *self);
void leg_relays_close (LegRelays *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LegRelays, leg_relays_free)

G_END_DECLS
