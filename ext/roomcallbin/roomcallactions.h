/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstroomcallbin.h"

G_BEGIN_DECLS

/* The actions and signals of roomcallbin: what an application has buttons for.
 * See docs/calls.md. */

void room_call_actions_install (GType type);
void room_call_actions_tell (
    GstRoomCallBin *self, const GstStructure *structure);

G_END_DECLS
