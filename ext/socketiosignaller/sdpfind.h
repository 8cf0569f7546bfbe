/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The little of an SDP, and of a candidate, by which senders are told apart. It
 * comes from strangers: what is not found is NULL. */
char *sdp_find_fingerprint (const char *sdp);
char **sdp_find_ufrags (const char *sdp);
char *sdp_find_ufrag (const char *candidate);

G_END_DECLS
