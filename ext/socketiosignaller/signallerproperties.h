/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "dialect.h"
#include "signallersettings.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* The settings among the element's properties, by property id. */
enum {
  SIGNALLER_PROP_URI = 1,
  SIGNALLER_PROP_ROOM,
  SIGNALLER_PROP_DIALECT,
  SIGNALLER_PROP_DIALECT_FILE,
  SIGNALLER_PROP_VARIABLES,
  SIGNALLER_PROP_CLIENT_ID,
  SIGNALLER_PROP_DISPLAY_NAME,
  SIGNALLER_PROP_USER_DATA,
  SIGNALLER_PROP_AUTH,
  SIGNALLER_PROP_PATH,
  SIGNALLER_PROP_NAMESPACE,
  SIGNALLER_PROP_QUERY,
  SIGNALLER_PROP_HEADERS,
  SIGNALLER_PROP_CAFILE,
  SIGNALLER_PROP_INSECURE_TLS,
  SIGNALLER_PROP_ICE_SERVERS_URL,
  SIGNALLER_PROP_TRANSPORTS,
  SIGNALLER_PROP_TIMEOUT,
  SIGNALLER_PROP_RECONNECTION_DELAY,
  SIGNALLER_PROP_RECONNECTION_DELAY_MAX,
  SIGNALLER_PROP_RANDOMIZATION_FACTOR,
  SIGNALLER_PROP_RUN_SERVER,
  SIGNALLER_PROP_SERVER_HOST,
  SIGNALLER_PROP_SERVER_PORT,
  SIGNALLER_PROP_AUTO_JOIN,
  SIGNALLER_N_PROPS
};

/**
 * SignallerProperties:
 *
 * What the user typed, as it was typed: nothing is checked before it is used.
 * Not thread-safe.
 */
typedef struct {
  GValue values[SIGNALLER_N_PROPS];
} SignallerProperties;

/**
 * SignallerPlan:
 * @settings: (nullable): of the session; %NULL: only a server is hosted
 * @dialect: (nullable): what the session speaks; %NULL: only a server is hosted
 * @host: (nullable): the address to host on; %NULL: no server is hosted
 * @port: the port to host on; 0: any free one
 *
 * What to do, found from properties. The address of the session is still
 * missing where it is the hosted server.
 */
typedef struct {
  SignallerSettings *settings;
  Dialect *dialect;
  char *host;
  guint port;
} SignallerPlan;

void signaller_properties_install (GParamSpec **specs);
void signaller_properties_init (SignallerProperties *self, GParamSpec **specs);
void signaller_properties_copy (
    SignallerProperties *self, const SignallerProperties *source);
void signaller_properties_clear (SignallerProperties *self);
void signaller_properties_set (
    SignallerProperties *self, guint id, const GValue *value);
void signaller_properties_get (
    SignallerProperties *self, guint id, GValue *value);
gboolean signaller_properties_get_auto_join (SignallerProperties *self);
const char *signaller_properties_get_room (SignallerProperties *self);
Dialect *signaller_properties_load_dialect (
    SignallerProperties *self, GError **error);
SignallerPlan *signaller_properties_plan (
    SignallerProperties *self, GError **error);

void signaller_plan_free (SignallerPlan *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (
    SignallerProperties, signaller_properties_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignallerPlan, signaller_plan_free)

G_END_DECLS
