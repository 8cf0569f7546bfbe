/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A SoupServer that is reached over loopback, but does not listen by libsoup's
 * means, which leak. */
typedef struct {
  SoupServer *soup;
  GSocketService *service;
  guint port;
} SoupHost;

SoupHost *soup_host_new (void);
void soup_host_free (SoupHost *self);

/* A page at /page, whose text is "page". */
void soup_host_add_page (SoupServer *soup);

/* What connects over loopback comes by its signal "incoming". */
GSocketService *loopback_service_new (guint *port);

G_END_DECLS
