/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "icefilter.h"
#include "iceservers.h"

G_BEGIN_DECLS

#define ICE_SETTINGS_ERROR (ice_settings_error_quark ())

/**
 * IceSettingsError:
 * @ICE_SETTINGS_ERROR_VALUE: a property is not what it is to be, or does not go
 *   with another one
 */
typedef enum {
  ICE_SETTINGS_ERROR_VALUE,
} IceSettingsError;

/**
 * IceSettings:
 * @stun_server: (nullable): the property of that name
 * @turn_servers: (nullable): the property of that name
 * @ice_servers: (nullable): the property of that name
 * @turn_cafile: (nullable): the property of that name
 *
 * STUN and TURN servers as the user typed them: nothing is checked before it is
 * used.
 */
typedef struct {
  char *stun_server;
  char **turn_servers;
  char *ice_servers;
  char *turn_cafile;
} IceSettings;

GQuark ice_settings_error_quark (void);

void ice_settings_copy (IceSettings *self, const IceSettings *source);
void ice_settings_clear (IceSettings *self);
void ice_settings_set_turn_servers (IceSettings *self, const GValue *array);
IceServers *ice_settings_read (const IceSettings *self, GError **error);
gboolean ice_settings_read_authorities (
    const IceSettings *self, GTlsDatabase **authorities, GError **error);
gboolean ice_settings_check_told (
    gboolean relay_only, IceFilter types, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IceSettings, ice_settings_clear)

G_END_DECLS
