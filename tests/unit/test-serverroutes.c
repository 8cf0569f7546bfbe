/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/serverroutes.h"

#include "common/roomclient.h"
#include "common/testlog.h"

#include <glib/gstdio.h>
#include <string.h>

static SoupMessage *
request (RoomServer *server, const char *method, const char *path,
    const char *header, char **body)
{
  g_autofree char *uri = room_server_get_uri (server);

  return room_client_fetch (uri, method, path, header, body);
}

static SoupMessage *
fetch (RoomServer *server, const char *path, char **body)
{
  return request (server, "GET", path, NULL, body);
}

static const char *
get_header (SoupMessage *message, const char *name)
{
  return soup_message_headers_get_one (
      soup_message_get_response_headers (message), name);
}

static void
test_page (void)
{
  static const struct {
    const char *path;
    const char *type;
  } files[] = {
    { "/", "text/html" },
    { "/?room=lobby", "text/html" },
    { "/index.html", "text/html" },
    { "/style.css", "text/css" },
    { "/call.css", "text/css" },
    { "/main.mjs", "text/javascript" },
    { "/dialects/mesh.mjs", "text/javascript" },
    { "/icon.svg", "image/svg+xml" },
    { "/icons.svg", "image/svg+xml" },
  };
  g_autoptr (RoomServer) server = room_client_serve ();

  TEST_WATCHDOG (20);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *body = NULL;
    g_autofree char *head_body = NULL;
    g_autoptr (SoupMessage) get = fetch (server, files[i].path, &body);
    g_autoptr (SoupMessage) head =
        request (server, "HEAD", files[i].path, NULL, &head_body);
    SoupMessageHeaders *headers = soup_message_get_response_headers (get);

    g_test_message ("%s", files[i].path);
    g_assert_cmpuint (soup_message_get_status (get), ==, 200);
    g_assert_cmpuint (strlen (body), >, 100);
    g_assert_cmpstr (soup_message_headers_get_content_type (headers, NULL), ==,
        files[i].type);
    g_assert_cmpstr (
        soup_message_headers_get_one (headers, "X-Content-Type-Options"), ==,
        "nosniff");
    g_assert_true (g_str_has_prefix (
        soup_message_headers_get_one (headers, "Content-Security-Policy"),
        "default-src 'none'; script-src 'self'; "));
    g_assert_cmpuint (soup_message_get_status (head), ==, 200);
    g_assert_cmpstr (head_body, ==, "");
  }
}

/* Each file of the folder is named in page.gresource.xml, and is served. */
static guint
serves_folder (RoomServer *server, const char *folder)
{
  g_autofree char *place = g_test_build_filename (G_TEST_DIST, "..", "ext",
      "socketiosignaller", "server", "page", folder, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (place, 0, &error);
  guint count = 0;
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_strconcat (folder, name, NULL);
    g_autofree char *below = g_strconcat (path, "/", NULL);
    g_autofree char *file = g_build_filename (place, name, NULL);
    const char *type = web_root_get_type (name);
    g_autoptr (SoupMessage) get = NULL;

    g_test_message ("%s", path);
    if (g_file_test (file, G_FILE_TEST_IS_DIR)) {
      count += serves_folder (server, below);
      continue;
    }
    get = fetch (server, path, NULL);
    g_assert_cmpuint (
        soup_message_get_status (get), ==, type != NULL ? 200 : 404);
    if (type == NULL)
      continue;
    g_assert_cmpstr (get_header (get, "Content-Type"), ==, type);
    count++;
  }
  return count;
}

static void
test_page_whole (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();

  TEST_WATCHDOG (20);
  g_assert_cmpuint (serves_folder (server, "/"), >, 20);
}

static void
test_page_refuses (void)
{
  static const char *const paths[] = { "/missing", "/../index.html",
    "/..%2f..%2fetc/passwd", "/%2e%2e/etc/passwd", "/index.html/",
    "/org/roomcall/page/index.html", "//style.css", "/style.css%00",
    "/dialects", "/dialects/", "/dialects//mesh.mjs", "/page.gresource.xml" };
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (SoupMessage) post = NULL;

  TEST_WATCHDOG (20);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (SoupMessage) get = fetch (server, paths[i], NULL);
    guint status = soup_message_get_status (get);

    g_test_message ("%s: %u", paths[i], status);
    /* libsoup takes "/.." away before it asks, and refuses a NUL. */
    if (i == 1)
      g_assert_cmpuint (status, ==, 200);
    else
      g_assert_cmpuint (status, >=, 400);
    g_assert_cmpuint (status, <, 500);
  }
  post = request (server, "POST", "/", NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (post), ==, 405);
}

/* --- what programs ask for --- */

static void
test_health (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autofree char *body = NULL;
  g_autoptr (SoupMessage) get = NULL;
  g_autoptr (SoupMessage) post = NULL;

  TEST_WATCHDOG (20);
  get = fetch (server, "/healthz", &body);
  g_assert_cmpuint (soup_message_get_status (get), ==, 200);
  g_assert_cmpstr (body, ==, "ok\n");
  post = request (server, "POST", "/healthz", NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (post), ==, 405);
  g_assert_cmpstr (get_header (post, "Allow"), ==, "GET, HEAD");
}

static void
has_line (const char *body, const char *line)
{
  g_autofree char *whole = g_strconcat ("\n", line, "\n", NULL);

  g_assert_nonnull (strstr (body, whole));
}

static void
test_metrics (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (SoupMessage) off = NULL;
  g_autoptr (SoupMessage) on = NULL;
  g_autoptr (RoomClient) a = NULL;
  g_autoptr (RoomClient) b = NULL;
  g_autofree char *body = NULL;

  TEST_WATCHDOG (20);
  off = fetch (server, "/metrics", NULL);
  g_assert_cmpuint (soup_message_get_status (off), ==, 404);
  room_server_enable_metrics (server);
  a = room_client_join (server);
  b = room_client_join (server);
  room_client_say (a, "join-room", "[\"r\"]");
  room_client_hears (a, "users[[\"%s\"]]", room_client_id (a));
  room_client_say (b, "join", "[{\"channel\":\"r\"}]");
  room_client_hears_refusal (
      b, "this room speaks the dialect rooms, and you speak mesh");
  on = fetch (server, "/metrics", &body);
  g_assert_cmpuint (soup_message_get_status (on), ==, 200);
  g_assert_cmpstr (get_header (on, "Content-Type"), ==,
      "text/plain; version=0.0.4; charset=utf-8");
  has_line (body, "roomcall_clients 2");
  has_line (body, "roomcall_rooms 1");
  has_line (body, "roomcall_members{dialect=\"rooms\"} 1");
  has_line (body, "roomcall_connections_total 2");
  has_line (body, "roomcall_refusals_total{reason=\"dialect\"} 1");
}

static ServerIce *
make_ice (void)
{
  ServerIce *ice = server_ice_new ();

  g_assert_true (server_ice_add_urls (ice, "turn", "relay.example.org", NULL));
  server_ice_set_password (ice, "ada", "hush");
  return ice;
}

static void
test_ice_servers (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autofree char *none = NULL;
  g_autofree char *some = NULL;
  g_autoptr (SoupMessage) before = NULL;
  g_autoptr (SoupMessage) after = NULL;

  TEST_WATCHDOG (20);
  before = fetch (server, "/ice-servers", &none);
  g_assert_cmpuint (soup_message_get_status (before), ==, 200);
  g_assert_cmpstr (none, ==, "{\"iceServers\":[]}");
  room_server_take_ice (server, make_ice ());
  after = fetch (server, "/ice-servers", &some);
  g_assert_cmpstr (get_header (after, "Content-Type"), ==, "application/json");
  g_assert_cmpstr (get_header (after, "Cache-Control"), ==, "no-store");
  g_assert_cmpstr (some, ==,
      "{\"iceServers\":[{\"urls\":[\"turn:relay.example.org\"],"
      "\"username\":\"ada\",\"credential\":\"hush\"}]}");
}

/* Who is not let into a room is told no password either. */
static void
test_ice_servers_token (void)
{
  static const struct {
    const char *header;
    guint status;
  } cases[] = {
    { NULL, 401 },
    { "Authorization: sesame", 401 },
    { "Authorization: Bearer sesam", 401 },
    { "Authorization: Bearer sesame", 200 },
    { "Authorization: bearer sesame", 200 },
  };
  g_autoptr (RoomServer) server = room_client_serve ();

  TEST_WATCHDOG (20);
  room_server_set_token (server, "sesame");
  room_server_take_ice (server, make_ice ());
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) get =
        request (server, "GET", "/ice-servers", cases[i].header, &body);

    g_assert_cmpuint (soup_message_get_status (get), ==, cases[i].status);
    g_assert_cmpint (strstr (body, "hush") != NULL, ==, cases[i].status == 200);
  }
}

/* An application's own page is in the place of ours, but not of these. */
static void
test_web_root (void)
{
  g_autofree char *folder = g_dir_make_tmp ("serverroutes-XXXXXX", NULL);
  g_autofree char *index = g_build_filename (folder, "index.html", NULL);
  g_autofree char *health = g_build_filename (folder, "healthz", NULL);
  g_autoptr (RoomServer) server = room_client_serve ();
  static const char *const none[] = { "/call.mjs", "/../index.html/x",
    "//index.html", "/%2e%2e/etc/passwd", "/.%2fx" };
  g_autofree char *body = NULL;
  g_autofree char *healthy = NULL;
  g_autofree char *whole = NULL;
  g_autoptr (SoupMessage) page = NULL;
  g_autoptr (SoupMessage) part = NULL;
  g_autoptr (SoupMessage) check = NULL;

  TEST_WATCHDOG (20);
  g_assert_true (g_file_set_contents (index, "<p>own", -1, NULL));
  g_assert_true (g_file_set_contents (health, "own", -1, NULL));
  room_server_take_web_root (server, web_root_new (folder, NULL));
  page = fetch (server, "/?room=lobby", &body);
  g_assert_cmpuint (soup_message_get_status (page), ==, 200);
  g_assert_cmpstr (body, ==, "<p>own");
  g_assert_cmpstr (
      get_header (page, "Content-Type"), ==, "text/html; charset=utf-8");
  g_assert_cmpstr (get_header (page, "X-Content-Type-Options"), ==, "nosniff");
  part = request (server, "GET", "/", "Range: bytes=0-0,2-2", &whole);
  g_assert_cmpuint (soup_message_get_status (part), ==, 200);
  g_assert_cmpstr (whole, ==, "<p>own");
  check = fetch (server, "/healthz", &healthy);
  g_assert_cmpstr (healthy, ==, "ok\n");
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++) {
    g_autoptr (SoupMessage) get = fetch (server, none[i], NULL);
    guint status = soup_message_get_status (get);

    g_test_message ("%s: %u", none[i], status);
    g_assert_cmpuint (status, >=, 400);
    g_assert_cmpuint (status, <, 500);
  }
  g_unlink (index);
  g_unlink (health);
  g_rmdir (folder);
}

/* A file with nothing in it is one. */
static void
test_empty_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("serverroutes-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "empty.css", NULL);
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autofree char *body = NULL;
  g_autoptr (SoupMessage) get = NULL;

  TEST_WATCHDOG (20);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  room_server_take_web_root (server, web_root_new (folder, NULL));
  get = fetch (server, "/empty.css", &body);
  g_assert_cmpuint (soup_message_get_status (get), ==, 200);
  g_assert_cmpstr (body, ==, "");
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/serverroutes/page", test_page);
  g_test_add_func ("/serverroutes/page-whole", test_page_whole);
  g_test_add_func ("/serverroutes/page-refuses", test_page_refuses);
  g_test_add_func ("/serverroutes/health", test_health);
  g_test_add_func ("/serverroutes/metrics", test_metrics);
  g_test_add_func ("/serverroutes/ice-servers", test_ice_servers);
  g_test_add_func ("/serverroutes/ice-servers-token", test_ice_servers_token);
  g_test_add_func ("/serverroutes/web-root", test_web_root);
  g_test_add_func ("/serverroutes/empty-file", test_empty_file);
  return g_test_run ();
}
