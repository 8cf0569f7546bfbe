/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * LocalAddresses: the addresses of this machine that connections to servers may
 * come from, a GPtrArray of GInetAddress. It knows nothing of interfaces.
 */

void local_addresses_bind (GPtrArray *addresses, GSocketClient *client);
char *local_addresses_explain (GSocketClient *client, const GError *error);

G_END_DECLS
