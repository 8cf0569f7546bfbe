/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstsocketiosignaller.h"
#include "signallersession.h"

G_BEGIN_DECLS

/**
 * SignallerTeller:
 *
 * What one run's session tells becomes the element's signals and messages. Used
 * on the run's thread only, but for signaller_teller_post() and
 * signaller_teller_fail(). Freed with g_free().
 */
typedef struct _SignallerTeller SignallerTeller;

/* Its data is a SignallerTeller. */
extern const SignallerListener signaller_teller_listener;

void signaller_teller_install (GType type);
SignallerTeller *signaller_teller_new (GstSocketIOSignaller *element);

void signaller_teller_post (
    GstSocketIOSignaller *element, GstStructure *structure);
void signaller_teller_fail (GstSocketIOSignaller *element, const GError *error);

G_END_DECLS
