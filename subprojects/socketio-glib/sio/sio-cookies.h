/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* The cookies of one connection's requests, which all go to one host. */
typedef struct _SioCookies SioCookies;

SioCookies *sio_cookies_new (void);
void sio_cookies_free (SioCookies *self);
void sio_cookies_keep (SioCookies *self, SoupMessageHeaders *answer);
char *sio_cookies_print (SioCookies *self, const char *others);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioCookies, sio_cookies_free)

G_END_DECLS
