/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "icesettings.h"
#include "room.h"

G_BEGIN_DECLS

#define ROOM_CALL_SHORT_FORMS 6

/**
 * RoomCallSettings:
 * @room: what the room is started with, but for the servers; owns its texts
 * @ice: STUN and TURN servers
 * @send: for inputs that are requested later
 * @short_forms: what was said on the bin for the signaller, %NULL: nothing
 *
 * The values behind roomcallbin's properties, but for the signaller and the
 * statistics. The element's OBJECT_LOCK is over them.
 */
typedef struct {
  RoomSettings room;
  IceSettings ice;
  SendBranchSettings send;
  char *short_forms[ROOM_CALL_SHORT_FORMS];
} RoomCallSettings;

void room_call_settings_init (RoomCallSettings *self);
void room_call_settings_clear (RoomCallSettings *self);
void room_call_settings_install (GObjectClass *klass, guint first_id);
void room_call_settings_mark_types (void);

void room_call_settings_copy_room (
    const RoomCallSettings *self, RoomSettings *copy);
void room_call_settings_clear_room (RoomSettings *copy);

gboolean room_call_settings_set (
    RoomCallSettings *self, guint index, const GValue *value);
gboolean room_call_settings_get (
    const RoomCallSettings *self, guint index, GValue *value);
void room_call_settings_forward (
    const RoomCallSettings *self, GstElement *signaller);

G_END_DECLS
