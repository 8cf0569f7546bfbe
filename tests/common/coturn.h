/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * Debian's coturn, a real TURN server, as a child of the test. It ends with the
 * test, however that ends. What it does is read off its log.
 */
typedef struct _Coturn Coturn;

/* Those of the options that most tests need: who may use it. */
#define COTURN_USER "ada"
#define COTURN_PASSWORD "hush"
#define COTURN_LONG_TERM \
  "--lt-cred-mech", "--user=" COTURN_USER ":" COTURN_PASSWORD
#define COTURN_SECRET "north"
#define COTURN_REST "--use-auth-secret", "--static-auth-secret=" COTURN_SECRET

/* @address: of the interface; then further options, with NULL at the end. It
 * listens when this returns. */
Coturn *coturn_new (const char *address, ...) G_GNUC_NULL_TERMINATED;
void coturn_free (Coturn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Coturn, coturn_free)

/* Over UDP and TCP; over TLS it is another one. Both stay the same in a restart. */
guint coturn_get_port (Coturn *self);
guint coturn_get_tls_port (Coturn *self);
/* From one moment to the next, without a word to anybody. */
void coturn_kill (Coturn *self);
void coturn_restart (Coturn *self);

/* How many lines of its log have @text, since it was started first. */
guint coturn_count (Coturn *self, const char *text);
/* Waits for that many, and says whether they came. */
gboolean coturn_wait (
    Coturn *self, const char *text, guint count, gint64 deadline);

/* Of a time-limited credential ("TURN REST API"): the user name is the second in
 * which it ends, and a name; the password is signed with the server's secret. */
char *coturn_make_user (gint64 expires);
char *coturn_make_password (const char *user);
