/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signallersession.h"

G_BEGIN_DECLS

/**
 * SignallerRun:
 *
 * What a signaller has from READY to PAUSED and back: the thread `sio-signal`,
 * and on it the server that it hosts and the session. Posting is for any thread.
 */
typedef struct _SignallerRun SignallerRun;

SignallerRun *signaller_run_new (void);
gboolean signaller_run_host (
    SignallerRun *self, const char *host, guint port, GError **error);
guint signaller_run_get_port (SignallerRun *self);
const char *signaller_run_get_uri (SignallerRun *self);
gboolean signaller_run_start (SignallerRun *self, SignallerSettings *settings,
    Dialect *dialect, const SignallerListener *listener, gpointer data,
    GDestroyNotify destroy, GError **error);
void signaller_run_stop (
    SignallerRun *self, guint timeout_ms, GObject *keep_alive);

void signaller_run_join (SignallerRun *self);
void signaller_run_move (SignallerRun *self, const char *room);
void signaller_run_send_description (
    SignallerRun *self, const char *peer, const char *type, const char *sdp);
void signaller_run_send_candidate (SignallerRun *self, const char *peer,
    int mline, const char *mid, const char *candidate);
void signaller_run_end_call (
    SignallerRun *self, const char *peer, const char *reason);
void signaller_run_reject_call (
    SignallerRun *self, const char *peer, const char *reason);
void signaller_run_forget_call (SignallerRun *self, const char *peer);
gboolean signaller_run_refresh_ice_servers (SignallerRun *self);
void signaller_run_emit (SignallerRun *self, const char *event, JsonNode *args);

G_END_DECLS
