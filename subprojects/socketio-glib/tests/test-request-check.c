/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-json-reader.h>
#include <sio/sio-request-check.h>

static const SioRequest fine = {
  .method = "GET",
  .revision = "4",
  .transport = "websocket",
  .upgrade = TRUE,
  .host = "localhost:8000",
  .machine = "studio",
};

static void
assert_refused (const SioRequest *request, guint status, int code)
{
  const SioRefusal *refusal;
  g_autofree char *body = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_assert_cmpint (
      sio_request_check (request, &refusal), ==, SIO_REQUEST_REFUSED);
  g_assert_nonnull (refusal);
  g_assert_cmpuint (refusal->status, ==, status);
  body = sio_refusal_print (refusal);
  node = sio_json_parse (body, -1, NULL);
  g_assert_cmpint (
      json_object_get_int_member (json_node_get_object (node), "code"), ==,
      code);
}

static void
assert_taken (const SioRequest *request, SioRequestKind kind)
{
  const SioRefusal *refusal = &sio_refusal_bad_request;

  g_assert_cmpint (sio_request_check (request, &refusal), ==, kind);
  g_assert_null (refusal);
}

#define REFUSED(status, code, ...)           \
  G_STMT_START                               \
  {                                          \
    SioRequest request = fine;               \
    __VA_ARGS__;                             \
    assert_refused (&request, status, code); \
  }                                          \
  G_STMT_END

#define TAKEN(kind, ...)           \
  G_STMT_START                     \
  {                                \
    SioRequest request = fine;     \
    __VA_ARGS__;                   \
    assert_taken (&request, kind); \
  }                                \
  G_STMT_END

#define POLLING request.transport = "polling", request.upgrade = FALSE

static void
test_protocol (void)
{
  static const char *const hosts[] = { "example.org", NULL };

  TAKEN (SIO_REQUEST_WEBSOCKET, );
  TAKEN (SIO_REQUEST_WEBSOCKET, request.session = SIO_SESSION_POLLING);
  TAKEN (SIO_REQUEST_WEBSOCKET, request.session = SIO_SESSION_WEBSOCKET);
  TAKEN (SIO_REQUEST_OPEN, POLLING);
  TAKEN (SIO_REQUEST_POLL, POLLING, request.session = SIO_SESSION_POLLING);
  TAKEN (SIO_REQUEST_POST, POLLING, request.session = SIO_SESSION_POLLING,
      request.method = "POST");
  TAKEN (SIO_REQUEST_OPEN, POLLING, request.allow_old = TRUE,
      request.revision = "3");
  TAKEN (SIO_REQUEST_POLL, POLLING, request.session = SIO_SESSION_ENDED);
  REFUSED (400, 1, request.session = SIO_SESSION_ENDED);
  REFUSED (400, 1, POLLING, request.session = SIO_SESSION_ENDED,
      request.method = "POST");
  REFUSED (400, 0, request.transport = "tranquil");
  REFUSED (400, 0, request.transport = NULL);
  REFUSED (400, 5, request.revision = "3");
  REFUSED (400, 5, request.revision = "abc");
  REFUSED (400, 5, request.revision = NULL);
  REFUSED (400, 5, request.revision = "2", request.allow_old = TRUE);
  REFUSED (400, 1, request.session = SIO_SESSION_UNKNOWN);
  REFUSED (400, 1, POLLING, request.session = SIO_SESSION_UNKNOWN);
  REFUSED (400, 2, request.method = "POST");
  REFUSED (400, 2, POLLING, request.method = "POST");
  REFUSED (400, 2, POLLING, request.method = "PUT");
  REFUSED (400, 2, POLLING, request.session = SIO_SESSION_POLLING,
      request.method = "PUT");
  REFUSED (400, 3, POLLING, request.session = SIO_SESSION_WEBSOCKET);
  REFUSED (400, 3, request.upgrade = FALSE);
  REFUSED (400, 3, request.transport = "polling");
  REFUSED (400, 3, request.ambiguous = TRUE);
  REFUSED (400, 3, request.host = NULL);
  REFUSED (400, 3, request.host = "localhost, localhost");
  REFUSED (403, 4, request.host = "example.org");
  REFUSED (403, 4, POLLING, request.host = "example.org",
      request.origin = "http://example.org");
  TAKEN (SIO_REQUEST_WEBSOCKET, request.host = "studio.local");
  TAKEN (SIO_REQUEST_OPEN, POLLING, request.host = "example.org",
      request.allowed_hosts = hosts);
}

static gboolean
allows (const char *origin, const char *const *allowed)
{
  SioRequest request = fine;
  const SioRefusal *refusal;

  request.origin = origin;
  request.allowed_origins = allowed;
  if (sio_request_check (&request, &refusal) != SIO_REQUEST_REFUSED)
    return TRUE;
  assert_refused (&request, 403, 4);
  return FALSE;
}

static void
test_origin (void)
{
  static const char *const one[] = { "https://example.org", NULL };
  static const char *const none[] = { NULL };
  static const char *const any[] = { "*", NULL };

  g_assert_true (allows (NULL, NULL));
  g_assert_true (allows ("http://localhost:8000", NULL));
  g_assert_true (allows ("https://LOCALHOST:8000", NULL));
  g_assert_false (allows ("http://localhost", NULL));
  g_assert_false (allows ("http://localhost:8000.example.org", NULL));
  g_assert_false (allows ("http://example.org", NULL));
  g_assert_false (allows ("null", NULL));
  g_assert_false (allows ("", NULL));
  g_assert_true (allows ("https://example.org", one));
  g_assert_false (allows ("http://example.org", one));
  g_assert_false (allows ("http://localhost:8000", one));
  g_assert_false (allows ("http://localhost:8000", none));
  g_assert_true (allows (NULL, none));
  g_assert_true (allows ("null", any));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request-check/protocol", test_protocol);
  g_test_add_func ("/request-check/origin", test_origin);
  return g_test_run ();
}
