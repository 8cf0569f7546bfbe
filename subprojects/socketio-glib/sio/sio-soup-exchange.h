/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-budget.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define SIO_TOO_MANY_REQUESTS 429 /* RFC 6585; libsoup does not know it */

/* A request that came to a SoupServer, and that is answered later. */
typedef struct _SioSoupExchange SioSoupExchange;

/* The client has gone: what is left is to free the exchange. */
typedef void (*SioSoupExchangeGone) (gpointer data);

SioSoupExchange *sio_soup_exchange_new (SoupServerMessage *message);
void sio_soup_exchange_hold (
    SioSoupExchange *self, SioSoupExchangeGone gone, gpointer data);
void sio_soup_exchange_answer (SioSoupExchange *self, guint status,
    const char *type, const char *body, gsize length);
void sio_soup_exchange_free (SioSoupExchange *self);

void sio_soup_exchange_keep_server (
    SoupServerMessage *message, SoupServer *soup);
void sio_soup_exchange_limit_unsent (
    SoupServerMessage *message, SioBudget *budget);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioSoupExchange, sio_soup_exchange_free)

G_END_DECLS
