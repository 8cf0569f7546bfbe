/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "iceservers.h"

#include <sio/sio.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (JsonNode) node =
      sio_json_parse ((const char *) data, (gssize) size, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (IceServers) servers = NULL;
  g_autoptr (IceServers) again = NULL;
  g_autoptr (GstStructure) structure = NULL;

  gst_init (NULL, NULL);
  if (node == NULL)
    return 0;
  servers = ice_servers_from_json (node, 0, &error);
  g_assert_true ((servers == NULL) == (error != NULL));
  if (servers == NULL)
    return 0;
  g_assert_cmpuint (servers->list->len, <=, ICE_SERVERS_MAX);
  /* What we hand on is taken as a whole by who gets it. */
  structure = ice_servers_to_structure (servers);
  again = ice_servers_from_structure (structure, NULL);
  g_assert_cmpuint (again->list->len, ==, servers->list->len);
  g_assert_cmpuint (again->dropped->len, ==, 0);
  for (guint i = 0; i < again->list->len; i++) {
    const IceServer *a = g_ptr_array_index (servers->list, i);
    const IceServer *b = g_ptr_array_index (again->list, i);
    g_autofree char *uri_a = ice_uri_to_string (a->uri);
    g_autofree char *uri_b = ice_uri_to_string (b->uri);

    g_assert_cmpstr (uri_a, ==, uri_b);
    g_assert_cmpstr (a->username, ==, b->username);
    g_assert_cmpstr (a->credential, ==, b->credential);
  }
  return 0;
}
