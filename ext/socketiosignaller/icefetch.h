/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "iceservers.h"
#include "signallersettings.h"

G_BEGIN_DECLS

/**
 * IceFetch:
 *
 * One HTTP GET of a list of ICE servers, on the thread whose default context is
 * current in ice_fetch_new(). At most 5 s and 64 KiB; no redirects.
 */
typedef struct _IceFetch IceFetch;

/**
 * IceFetchDone:
 * @servers: (transfer full) (nullable): what was fetched
 * @error: (nullable): why nothing was, in words that hold no secret
 * @data: handed to ice_fetch_new()
 *
 * Called once, from the main context; the fetch is gone then.
 */
typedef void (*IceFetchDone) (
    IceServers *servers, const GError *error, gpointer data);

IceFetch *ice_fetch_new (const SignallerSettings *settings, const char *address,
    IceFetchDone done, gpointer data);
void ice_fetch_cancel (IceFetch *self);

G_END_DECLS
