/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A page's largest file, and all that is on its way to slow readers, in bytes. */
#define WEB_ROOT_MAX_FILE (8 * 1024 * 1024)
#define WEB_ROOT_MAX_PENDING (32 * 1024 * 1024)

/**
 * WebRoot:
 *
 * The files of an application's own page: those below one folder of the disk.
 */
typedef struct _WebRoot WebRoot;

WebRoot *web_root_new (const char *path, GError **error);
void web_root_free (WebRoot *self);
GBytes *web_root_read (
    WebRoot *self, const char *path, const char **type, GError **error);

char **web_root_split (const char *path);
const char *web_root_get_type (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebRoot, web_root_free)

G_END_DECLS
