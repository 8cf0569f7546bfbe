/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-cookies.h"

G_BEGIN_DECLS

/* Where to connect to, and as whom. Shared by the requests of one connection. */
typedef struct {
  char *host; /* without the brackets of an IPv6 address */
  guint16 port;
  gboolean tls;
  char *path;                   /* escaped, with a slash at its beginning */
  char *query;                  /* escaped; empty, or begins with & */
  SoupMessageHeaders *headers;  /* nullable; may hold secrets */
  GTlsDatabase *database;       /* NULL for the system's */
  GTlsCertificate *pinned;      /* nullable: the only one to be taken */
  GTlsCertificate *certificate; /* nullable: our own */
  gboolean insecure;            /* takes any certificate */
  GProxyResolver *proxies;      /* NULL for the system's */
  SioCookies *cookies;
} SioTarget;

SioTarget *sio_target_new (
    const char *uri, const char *path, const char *query, GError **error);
SioTarget *sio_target_ref (SioTarget *self);
void sio_target_unref (SioTarget *self);

char *sio_target_dup_authority (SioTarget *self);
char *sio_target_dup_resource (SioTarget *self, guint revision,
    const char *transport, const char *session);
SoupMessageHeaders *sio_target_dup_headers (SioTarget *self);
gboolean sio_target_is_local (SioTarget *self);
void sio_target_prepare_tls (SioTarget *self, GTlsConnection *tls);
gboolean sio_target_check_tls (
    SioTarget *self, GIOStream *stream, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioTarget, sio_target_unref)

G_END_DECLS
