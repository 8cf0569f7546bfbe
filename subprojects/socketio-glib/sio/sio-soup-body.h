/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-budget.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Answers a request whose body is more than is taken, with
 * sio_soup_body_discard() among what it does. */
typedef void (*SioSoupBodyFunc) (SoupServerMessage *message);

void sio_soup_body_limit (SoupServerMessage *message, gsize max,
    SioBudget *budget, SioSoupBodyFunc too_large);
void sio_soup_body_taken (SoupServerMessage *message);
void sio_soup_body_discard (SoupServerMessage *message);

G_END_DECLS
