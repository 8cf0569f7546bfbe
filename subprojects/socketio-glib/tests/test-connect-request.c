/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-connect-request.h>
#include <sio/sio-json-reader.h>

static void
assert_old (const char *nsp, const char *auth, const char *expected)
{
  g_autoptr (JsonNode) node =
      auth != NULL ? sio_json_parse (auth, -1, NULL) : NULL;
  g_autofree char *text = sio_connect_request_print_old (nsp, node);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_old (void)
{
  assert_old ("/a", NULL, "/a");
  assert_old ("/a", "{}", "/a");
  assert_old ("/a", "{\"token\":\"x,y z\"}", "/a?token=x%2Cy%20z");
  assert_old ("/a", "{\"a\":1,\"b\":{\"c\":[true]}}",
      "/a?a=1&b=%7B%22c%22%3A%5Btrue%5D%7D");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect-request/old", test_old);
  return g_test_run ();
}
