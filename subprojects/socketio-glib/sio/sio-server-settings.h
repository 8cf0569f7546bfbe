/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The properties of SioServer that can be set, by their names. */
typedef struct {
  char *path; /* never NULL */
  GStrv allowed_hosts;
  GStrv allowed_origins;
  gboolean allow_eio3;
  guint ping_interval; /* ms, as all times */
  guint ping_timeout;
  guint connect_timeout;
  guint upgrade_timeout;
  guint request_timeout;
  guint exchange_timeout;
  guint max_payload; /* bytes, as all sizes */
  guint max_unsent;
  guint max_unsent_total;
  guint max_unfinished;
  guint max_messages_per_second;
  guint max_message_burst;
  guint max_connections;
  guint max_connections_per_address;
  guint max_sessions;
  guint max_sessions_per_address;
  guint max_namespaces;
  guint max_rooms;
} SioServerSettings;

/* Their ids are below this. */
#define SIO_SERVER_SETTINGS_END 32

void sio_server_settings_install (GObjectClass *klass);
void sio_server_settings_clear (SioServerSettings *self);
gboolean sio_server_settings_set (
    SioServerSettings *self, guint id, const GValue *value);
gboolean sio_server_settings_get (
    const SioServerSettings *self, guint id, GValue *value);

G_END_DECLS
