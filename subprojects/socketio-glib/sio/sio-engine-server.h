/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-budget.h"
#include "sio-engine.h"
#include "sio-limits.h"
#include "sio-server-settings.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Who asks for a session. */
typedef struct {
  SioTransport *transport;
  const SioEngineHandshake *handshake;
  GHashTable *query; /* of its request: name -> value */
  const char *address;
  SioBudget *budget; /* for what clients have begun to send */
} SioEngineArrival;

/* Makes a session of it, with sio_engine_new_server(); NULL: it has ended
 * already. Whoever did so says when it ends, with
 * sio_engine_server_remove(). */
typedef SioEngine *(*SioEngineServerFunc) (
    gpointer data, const SioEngineArrival *arrival);

#define SIO_TYPE_ENGINE_SERVER (sio_engine_server_get_type ())
G_DECLARE_FINAL_TYPE (
    SioEngineServer, sio_engine_server, SIO, ENGINE_SERVER, GObject)

SioEngineServer *sio_engine_server_new (const SioServerSettings *settings,
    SioLimits *limits, SioEngineServerFunc func, gpointer data);
gboolean sio_engine_server_attach (
    SioEngineServer *self, SoupServer *soup, GError **error);
void sio_engine_server_refuse (SioEngineServer *self);
void sio_engine_server_finish (
    SioEngineServer *self, void (*finished) (gpointer data));
void sio_engine_server_detach (SioEngineServer *self);
SioBudget *sio_engine_server_get_budget (SioEngineServer *self);
gboolean sio_engine_server_owns (SioEngineServer *self, const char *path);
void sio_engine_server_remove (SioEngineServer *self, const char *sid);

G_END_DECLS
