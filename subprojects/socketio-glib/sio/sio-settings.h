/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-target.h"

G_BEGIN_DECLS

/* The properties of SioManager that say how it connects, by their names. */
typedef struct {
  char *uri;
  char *path;
  char *query;
  SoupMessageHeaders *headers;
  GTlsDatabase *tls_database;
  gboolean insecure_tls;
  GTlsCertificate *pinned_certificate;
  GTlsCertificate *client_certificate;
  GProxyResolver *proxy_resolver;
  GStrv transports;
  gboolean remember_upgrade;
  gboolean reconnection;
  guint reconnection_delay;
  guint reconnection_delay_max;
  double randomization_factor;
  guint stable_time;
  guint timeout;
  guint ack_timeout;
} SioSettings;

/* Their ids are below this. */
#define SIO_SETTINGS_END 32

void sio_settings_install (GObjectClass *klass);
void sio_settings_clear (SioSettings *self);
gboolean sio_settings_set (SioSettings *self, guint id, const GValue *value);
gboolean sio_settings_get (const SioSettings *self, guint id, GValue *value);
SioTarget *sio_settings_make_target (const SioSettings *self, GError **error);

G_END_DECLS
