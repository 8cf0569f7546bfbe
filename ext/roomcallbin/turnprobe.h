/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TurnProbe:
 *
 * Asks a TURN server for a relay, to hear why it gives none: libnice does not say.
 * What it gives is given back at once. On the main context that was the thread's
 * default when it was made.
 */
typedef struct _TurnProbe TurnProbe;

/**
 * TurnProbeVerdict:
 * @TURN_PROBE_GRANTED: it gives one now
 * @TURN_PROBE_SILENT: it does not answer, or not as a TURN server
 * @TURN_PROBE_REFUSED: it does not take the user name and the password
 * @TURN_PROBE_FULL: it has none to give to us now
 */
typedef enum {
  TURN_PROBE_GRANTED,
  TURN_PROBE_SILENT,
  TURN_PROBE_REFUSED,
  TURN_PROBE_FULL,
} TurnProbeVerdict;

/**
 * TurnProbeDone:
 * @verdict: what it says
 * @text: the same for people, to come behind the name of the server
 * @data: handed to turn_probe_new()
 *
 * Called once, not after turn_probe_free(), which it must not call.
 */
typedef void (*TurnProbeDone) (
    TurnProbeVerdict verdict, const char *text, gpointer data);

TurnProbe *turn_probe_new (const char *host, guint port, gboolean is_tcp,
    const char *user, const char *password, GPtrArray *addresses,
    TurnProbeDone done, gpointer data);
void turn_probe_free (TurnProbe *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnProbe, turn_probe_free)

G_END_DECLS
