/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <sio/sio-bytes.h>
#include <sio/sio-json-reader.h>
#include <sio/sio-json-writer.h>

/* What is read can be written, and what is written reads as the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node =
      sio_json_parse ((const char *) data, (gssize) size, &error);
  g_autoptr (JsonNode) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;
  gsize length;

  g_assert_true ((node == NULL) == (error != NULL));
  if (node == NULL)
    return 0;
  bytes = sio_bytes_from_json (node);
  text = sio_json_print (node, &length, NULL);
  g_assert_nonnull (text);
  again = sio_json_parse (text, (gssize) length, NULL);
  g_assert_nonnull (again);
  text_again = sio_json_print (again, NULL, NULL);
  g_assert_cmpstr (text_again, ==, text);
  return 0;
}
