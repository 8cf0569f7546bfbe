/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile-arena.h"

#include <sio/sio-ws-frame.h>

#include <string.h>

/* Clients that begin what they do not finish. Together they may hold no more than
 * one of them, and it is the one that holds most who has to go. */

#define BUDGET 50000

typedef struct {
  HostileArena base;
  GPtrArray *guests; /* of Raw */
  GSource *ticks;
} Hoard;

static void
set_up (Hoard *hoard, gconstpointer data)
{
  HostileArena *arena = &hoard->base;

  hostile_set_up (arena, data);
  g_object_set (arena->server, "max-unfinished", BUDGET, "ping-interval", 60000,
      "connect-timeout", 60000, NULL);
  hoard->guests = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_free);
  hoard->ticks = hostile_start_ticking (arena);
}

static void
tear_down (Hoard *hoard, gconstpointer data)
{
  hostile_stop_ticking (hoard->ticks);
  g_ptr_array_unref (hoard->guests);
  hostile_tear_down (&hoard->base, data);
}

/* A WebSocket, which with @connect is a Socket.IO client. */
static Raw *
new_guest (Hoard *hoard, gboolean connect)
{
  HostileArena *arena = &hoard->base;
  Raw *raw = raw_connect (sio_server_get_port (arena->server));

  g_ptr_array_add (hoard->guests, raw);
  raw_upgrade (raw);
  fixture_wait (&arena->base, raw_has (raw, "\"sid\""));
  if (connect) {
    raw_send_frame (raw, TRUE, "40");
    fixture_wait (&arena->base, raw_has (raw, "40{\"sid\""));
  }
  return raw;
}

/* Without the bit that makes it the last with @last FALSE. */
static void
send_piece (Raw *raw, SioWsOpcode opcode, gboolean last, gsize size)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autofree char *piece = g_strnfill (size, '6');

  sio_ws_frame_append (frame, opcode, TRUE, 0x12345678, NULL, 0, piece, size);
  if (!last)
    frame->data[0] &= 0x7f;
  raw_send (raw, frame->data, frame->len);
}

static guint
count_ended (Hoard *hoard)
{
  guint ended = 0;

  for (guint i = 0; i < hoard->guests->len; i++) {
    Raw *raw = hoard->guests->pdata[i];

    raw_read (raw);
    ended += raw->ended ? 1 : 0;
  }
  return ended;
}

static void
test_fragments (Hoard *hoard, gconstpointer data)
{
  HostileArena *arena = &hoard->base;
  Raw *modest = new_guest (hoard, TRUE);
  Raw *greedy, *last;

  send_piece (modest, SIO_WS_TEXT, FALSE, 5000);
  greedy = new_guest (hoard, TRUE);
  send_piece (greedy, SIO_WS_TEXT, FALSE, 24000);
  for (guint i = 0; i < 2; i++)
    send_piece (new_guest (hoard, TRUE), SIO_WS_TEXT, FALSE, 10000);
  fixture_linger (&arena->base, 20);
  g_assert_cmpuint (count_ended (hoard), ==, 0);
  /* It is not the one that wants more. */
  last = new_guest (hoard, TRUE);
  send_piece (last, SIO_WS_TEXT, FALSE, 7000);
  fixture_wait (&arena->base, count_ended (hoard) > 0);
  g_assert_true (greedy->ended);
  g_assert_cmpuint (count_ended (hoard), ==, 1);
  g_assert_cmpstr (arena->reason, ==, "transport error");
  g_assert_true (raw_has (greedy, "\x03\xf0too much is unfinished"));
  /* What is finished counts no more: there is room for many of those. */
  for (guint i = 0; i < 20; i++) {
    send_piece (last, SIO_WS_CONTINUATION, TRUE, 7000);
    send_piece (last, SIO_WS_TEXT, FALSE, 7000);
    fixture_linger (&arena->base, 1);
  }
  g_assert_cmpuint (count_ended (hoard), ==, 1);
  g_assert_cmpuint (arena->connections, ==, 6);
}

static void
test_slow_message (Hoard *hoard, gconstpointer data)
{
  HostileArena *arena = &hoard->base;
  gint64 began;
  Raw *raw;

  g_object_set (arena->server, "exchange-timeout", 500, NULL);
  raw = new_guest (hoard, TRUE);
  /* Whole ones may come for as long as they like. */
  began = g_get_monotonic_time ();
  while (g_get_monotonic_time () - began < 600000) {
    send_piece (raw, SIO_WS_TEXT, TRUE, 1);
    fixture_linger (&arena->base, 20);
  }
  g_assert_cmpuint (count_ended (hoard), ==, 0);
  began = g_get_monotonic_time ();
  send_piece (raw, SIO_WS_TEXT, FALSE, 1);
  while (count_ended (hoard) == 0) {
    send_piece (raw, SIO_WS_CONTINUATION, FALSE, 1);
    fixture_linger (&arena->base, 20);
  }
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 490000);
  g_assert_cmpstr (arena->reason, ==, "transport error");
  g_assert_true (raw_has (raw,
      "\x03\xf0"
      "a message takes too long"));
}

/* A packet of little text may be much JSON, and waits for its attachment. */
static void
test_attachments (Hoard *hoard, gconstpointer data)
{
  HostileArena *arena = &hoard->base;
  g_autoptr (GString) text =
      g_string_new ("451-[\"a\",{\"_placeholder\":true,\"num\":0}");

  for (guint i = 0; i < 150; i++)
    g_string_append (text, ",0");
  g_string_append_c (text, ']');
  for (guint i = 0; i < 3; i++)
    raw_send_frame (new_guest (hoard, TRUE), TRUE, text->str);
  fixture_wait (&arena->base, count_ended (hoard) > 0);
  fixture_linger (&arena->base, 20);
  g_assert_cmpuint (count_ended (hoard), ==, 1);
  g_assert_cmpstr (arena->reason, ==, "parse error");
}

/* The bodies of requests, of pages and of polls. */
static void
test_bodies (Hoard *hoard, gconstpointer data)
{
  HostileArena *arena = &hoard->base;
  g_autofree char *body = g_strnfill (18000, 'x');
  guint port = sio_server_get_port (arena->server);

  for (guint i = 0; i < 3; i++) {
    Raw *raw = raw_connect (port);

    g_ptr_array_add (hoard->guests, raw);
    raw_send_text (raw,
        "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        "20000\r\n\r\n");
    raw_send_text (raw, body);
  }
  fixture_wait (&arena->base, count_ended (hoard) > 0);
  g_assert_cmpuint (count_ended (hoard), ==, 1);
}

/* Each alone is far from its own limit. */
static void
test_unsent (Hoard *hoard, gconstpointer data)
{
  HostileArena *arena = &hoard->base;
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *wrapped = g_strdup_printf ("[\"%s\"]", text);
  g_autoptr (JsonNode) args = json (wrapped);
  SioServerSocket *honest = sio_server_get_socket (
      arena->server, sio_socket_get_id (arena->honest.socket));

  g_object_set (arena->server, "max-unsent", 1000 * 1000 * 1000,
      "max-unsent-total", 500000, NULL);
  new_guest (hoard, TRUE);
  new_guest (hoard, TRUE);
  for (guint sent = 0; arena->reason == NULL; sent++) {
    g_assert_cmpuint (sent, <, 2000);
    sio_server_emit (arena->server, NULL, honest, "much", args);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  g_assert_cmpstr (arena->reason, ==, "transport error");
}

#define ADD(name, func) \
  g_test_add ("/hostile-hoards/" name, Hoard, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("fragments", test_fragments);
  ADD ("slow-message", test_slow_message);
  ADD ("attachments", test_attachments);
  ADD ("bodies", test_bodies);
  ADD ("unsent", test_unsent);
  return g_test_run ();
}
