/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "localaddresses.h"

#include "common/testlog.h"

static GPtrArray *
make_list (const char *const *texts)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (; *texts != NULL; texts++)
    g_ptr_array_add (list, g_inet_address_new_from_string (*texts));
  return list;
}

typedef struct {
  const char *addresses[4]; /* none: no list */
  const char *from;         /* NULL: not at all */
} Case;

/* All of 127.0.0.0/8 is this machine's. */
static const Case cases[] = {
  { { NULL }, "127.0.0.1" },
  { { "127.0.0.2" }, "127.0.0.2" },
  { { "::1", "127.0.0.2" }, "127.0.0.2" },
  /* The machine would take the last one by itself. */
  { { "127.0.0.3", "127.0.0.2", "127.0.0.1" }, "127.0.0.1" },
  { { "127.0.0.3", "127.0.0.2" }, "127.0.0.3" },
  { { "::1" }, NULL },
  /* No interface has it (any more). */
  { { "192.0.2.1" }, NULL },
};

static char *
get_text (GSocketAddress *address)
{
  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* Returns: from where a connection came; NULL: nobody connected */
static char *
connect_once (const Case *one, GSocketType type)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocket) server = g_socket_new (
      G_SOCKET_FAMILY_IPV4, type, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) there = NULL;
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GPtrArray) list = make_list (one->addresses);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_socket_bind (server, any, TRUE, NULL));
  if (type == G_SOCKET_TYPE_STREAM)
    g_assert_true (g_socket_listen (server, NULL));
  there = g_socket_get_local_address (server, NULL);
  g_socket_client_set_socket_type (client, type);
  g_socket_client_set_enable_proxy (client, FALSE);
  local_addresses_bind (list->len > 0 ? list : NULL, client);
  connection = g_socket_client_connect (
      client, G_SOCKET_CONNECTABLE (there), NULL, &error);
  if (connection == NULL) {
    text = local_addresses_explain (client, error);
    g_assert_cmpstr (
        text, ==, "cannot be reached from an address of ice-interfaces");
    return NULL;
  }
  from = g_socket_connection_get_local_address (connection, NULL);
  return get_text (from);
}

static void
test_bind (void)
{
  static const GSocketType types[] = { G_SOCKET_TYPE_STREAM,
    G_SOCKET_TYPE_DATAGRAM };

  TEST_WATCHDOG (30);
  for (gsize i = 0; i < G_N_ELEMENTS (cases) * 2; i++) {
    g_autofree char *from = connect_once (&cases[i / 2], types[i % 2]);

    g_test_message ("case %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (from, ==, cases[i / 2].from);
  }
}

/* What has another cause is said as it is. */
static void
test_explain (void)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "It rains");
  g_autofree char *text = local_addresses_explain (client, error);

  g_assert_cmpstr (text, ==, "cannot be reached: It rains");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/localaddresses/bind", test_bind);
  g_test_add_func ("/localaddresses/explain", test_explain);
  return g_test_run ();
}
