/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/*
 * What asks at an address as if a STUN and TURN server were there, over UDP. It
 * answers as a TURN server does that wants a password, which it compares, and then
 * grants nothing: it is to see who asks, not to relay.
 */
typedef struct _TurnListener TurnListener;

/* @address: of the interface; @user, @password: whom it knows */
TurnListener *turn_listener_new (
    const char *address, const char *user, const char *password);
void turn_listener_free (TurnListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnListener, turn_listener_free)

guint turn_listener_get_port (TurnListener *self);
/* Waits for a STUN Binding request. */
gboolean turn_listener_wait_binding (TurnListener *self, gint64 deadline);
/* Waits for an Allocate request of the one it knows, with the right password. */
gboolean turn_listener_wait_user (TurnListener *self, gint64 deadline);
/* How many Allocate requests came with another user or password. */
guint turn_listener_count_strangers (TurnListener *self);
/* How many messages of any kind came from elsewhere than @address. */
guint turn_listener_count_others (TurnListener *self, const char *address);
