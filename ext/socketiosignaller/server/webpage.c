/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webpage.h"

#include "httpanswer.h"
#include "page-resources.h"
#include "webroot.h"

#define ROOT "/org/roomcall/page"

/* Its own files and its own server, and nothing written into the document. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/* What it asks for, and no page in it. */
static const char permissions[] =
    "camera=(self), microphone=(self), display-capture=(self)";

static void
add_folder (GHashTable *files, const char *folder)
{
  g_autofree char *path = g_strconcat (ROOT, folder, NULL);
  g_auto (GStrv) names = g_resource_enumerate_children (
      page_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *name = g_strconcat (folder, names[i], NULL);

    if (g_str_has_suffix (name, "/"))
      add_folder (files, name);
    else if (web_root_get_type (name) != NULL)
      g_hash_table_add (files, g_steal_pointer (&name));
  }
}

/* The whole table of what is served: a path is looked up in it and never put
 * together with another, so that nothing else can be reached. Filled once, by
 * whichever server's thread is first, and only read from then on. */
static GHashTable *
get_files (void)
{
  static GHashTable *files = NULL;

  if (g_once_init_enter (&files)) {
    GHashTable *made =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    add_folder (made, "/");
    g_once_init_leave (&files, made);
  }
  return files;
}

static GBytes *
find_file (const char *path, const char **type)
{
  const char *file;
  g_autofree char *resource = NULL;

  if (g_strcmp0 (path, "/") == 0)
    path = "/index.html";
  file = g_hash_table_lookup (get_files (), path);
  if (file == NULL)
    return NULL;
  *type = web_root_get_type (file);
  resource = g_strconcat (ROOT, file, NULL);
  return g_resource_lookup_data (
      page_get_resource (), resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

/**
 * web_page_answer:
 * @message: a request, begun with http_answer_begin()
 * @path: what it asks for
 *
 * Answers with a file of the page with which a browser joins a room, from memory,
 * or with 404.
 */
void
web_page_answer (SoupServerMessage *message, const char *path)
{
  const char *type = NULL;
  g_autoptr (GBytes) bytes = find_file (path, &type);

  http_answer_set_header (message, "Content-Security-Policy", policy);
  http_answer_set_header (message, "Permissions-Policy", permissions);
  if (bytes != NULL)
    http_answer_bytes (message, type, bytes);
  else
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}
