/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attacks.h"

#include "blunt.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define MUCH (200 * 1000 * 1000)
#define BLOCK (64 * 1024)

/* One that had to give way to another comes again. */
static void
assert_answer (guint port, const char *request, const char *status)
{
  g_autofree char *answer = g_strdup ("");

  for (guint i = 0; i < 100 && answer[0] == '\0'; i++) {
    int fd = blunt_dial (port);

    blunt_put_text (fd, request);
    g_free (answer);
    answer = blunt_take (fd, NULL);
    close (fd);
  }
  if (g_str_has_prefix (answer, status) && strstr (answer, "root:") == NULL)
    return;
  g_error ("%s was answered: %s", request, answer);
}

/* --- Who does not come to the point --- */

/* Until the server has ended all of them, to each of which @drip is said now and
 * then. */
static void
await_ends (struct pollfd *fds, guint count, const char *drip)
{
  gint64 deadline = g_get_monotonic_time () + BLUNT_PATIENCE_S * G_USEC_PER_SEC;
  guint left = count;

  while (left > 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    poll (fds, count, 50);
    for (guint i = 0; i < count; i++) {
      if (fds[i].fd < 0)
        continue;
      if (fds[i].revents == 0
          && (drip == NULL || blunt_put_text (fds[i].fd, drip)))
        continue;
      close (fds[i].fd);
      fds[i].fd = -1;
      left--;
    }
  }
}

/* Heads of which a byte comes twenty times a second. */
static void
attack_with_slow_heads (guint port)
{
  struct pollfd fds[50];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = (struct pollfd){ .fd = blunt_dial (port), .events = POLLIN };
    blunt_put_text (fds[i].fd, "GET /page HTTP/1.1\r\nX: ");
  }
  await_ends (fds, G_N_ELEMENTS (fds), "y");
}

static void
attack_with_half_open (guint port)
{
  struct pollfd fds[300];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = (struct pollfd){ .fd = blunt_dial (port), .events = POLLIN };
    if (i % 2 == 0)
      blunt_put_text (fds[i].fd, "GET / HTTP/1.1\r\n");
  }
  await_ends (fds, G_N_ELEMENTS (fds), NULL);
}

/* --- Who says too much --- */

/* Goes on until the server does not want it, or all of it is out. */
static void
put_much (int fd, gboolean chunked)
{
  g_autofree char *block = g_strnfill (BLOCK, 'x');

  for (gsize sent = 0; sent < MUCH; sent += BLOCK) {
    if ((chunked && !blunt_put_text (fd, "10000\r\n"))
        || !blunt_put (fd, block, BLOCK)
        || (chunked && !blunt_put_text (fd, "\r\n")))
      return;
  }
}

static void
post_much (guint port, const char *path, gboolean chunked)
{
  g_autofree char *head = g_strdup_printf (
      "POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n", path,
      chunked ? "Transfer-Encoding: chunked" : "Content-Length: 200000000");
  int fd = blunt_dial (port);

  blunt_put_text (fd, head);
  put_much (fd, chunked);
  close (fd);
}

static void
post_everywhere (guint port, gboolean chunked)
{
  g_autofree char *sid = blunt_open_session (port);
  g_autofree char *path =
      g_strconcat (BLUNT_ENGINE ("polling") "&sid=", sid, NULL);

  if (sid != NULL)
    post_much (port, path, chunked);
  post_much (port, BLUNT_ENGINE ("polling"), chunked);
  post_much (port, "/page", chunked);
  post_much (port, "/nowhere", chunked);
}

static void
attack_with_bodies (guint port)
{
  post_everywhere (port, FALSE);
}

static void
attack_with_chunks (guint port)
{
  post_everywhere (port, TRUE);
}

/* 200 MB in all, of messages that do not end. */
static void
attack_with_fragments (guint port)
{
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) more = g_byte_array_new ();
  g_autofree char *block = g_strnfill (BLOCK, 'x');
  gsize sent = 0;

  blunt_append_frame (first, SIO_WS_TEXT, FALSE, block, BLOCK);
  blunt_append_frame (more, SIO_WS_CONTINUATION, FALSE, block, BLOCK);
  while (sent < MUCH) {
    int fd = blunt_become_client (port);

    if (fd < 0)
      continue;
    blunt_put (fd, first->data, first->len);
    for (sent += BLOCK; blunt_put (fd, more->data, more->len); sent += BLOCK)
      g_assert_cmpuint (sent, <, 2 * MUCH);
    close (fd);
  }
}

/* Forty that stay below what a message may have, all at a time. */
static void
attack_with_hoards (guint port)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autofree char *block = g_strnfill (900 * 1000, 'x');
  struct pollfd fds[40];
  guint ended = 0;

  blunt_append_frame (frame, SIO_WS_TEXT, FALSE, block, 900 * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] =
        (struct pollfd){ .fd = blunt_become_client (port), .events = POLLIN };
    if (fds[i].fd >= 0)
      blunt_put (fds[i].fd, frame->data, frame->len);
  }
  /* 16 MiB is room for eighteen. */
  while (ended < G_N_ELEMENTS (fds) - 18) {
    ended = 0;
    g_assert_cmpint (
        poll (fds, G_N_ELEMENTS (fds), BLUNT_PATIENCE_S * 1000), >, 0);
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
      ended += fds[i].fd < 0 || fds[i].revents != 0 ? 1 : 0;
  }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    if (fds[i].fd >= 0)
      close (fds[i].fd);
  }
}

/* Forty that have themselves answered, and do not listen. */
static void
attack_without_reading (guint port)
{
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  g_autofree char *words = g_strnfill (15 * 1000, 'x');
  g_autofree char *text = g_strdup_printf ("421[\"a\",\"%s\"]", words);
  int fds[40];

  for (guint i = 0; i < 450; i++)
    blunt_append_frame (frames, SIO_WS_TEXT, TRUE, text, strlen (text));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = blunt_become_client (port);
    if (fds[i] >= 0)
      blunt_put (fds[i], frames->data, frames->len);
  }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    if (fds[i] >= 0)
      close (fds[i]);
  }
}

/* --- Who says something too often --- */

/* The same frame until the server does not want it, by one client after the
 * other. */
static void
repeat (guint port, SioWsOpcode opcode, const char *text)
{
  g_autoptr (GByteArray) frames = g_byte_array_new ();

  for (guint i = 0; i < 2000; i++)
    blunt_append_frame (frames, opcode, TRUE, text, strlen (text));
  for (guint i = 0; i < 40; i++) {
    int fd = blunt_become_client (port);

    if (fd < 0)
      continue;
    while (blunt_put (fd, frames->data, frames->len))
      continue;
    close (fd);
  }
}

static void
attack_with_messages (guint port)
{
  repeat (port, SIO_WS_TEXT, "421[\"a\",{\"b\":[1,2,3]}]");
}

static void
attack_with_pings (guint port)
{
  repeat (port, SIO_WS_PING, "");
}

static void
attack_with_connections (guint port)
{
  for (guint i = 0; i < 3000; i++)
    close (blunt_dial (port));
}

/* --- Who wants what is not his --- */

static void
attack_from_elsewhere (guint port)
{
  for (guint i = 0; i < 50; i++) {
    assert_answer (port,
        BLUNT_HEAD ("GET",
            BLUNT_ENGINE ("polling")) "Origin: http://evil.example\r\n\r\n",
        "HTTP/1.1 403");
    assert_answer (port,
        BLUNT_HEAD ("GET", BLUNT_ENGINE ("websocket")) BLUNT_WEBSOCKET
        "Origin: http://evil.example\r\n\r\n",
        "HTTP/1.1 403");
    assert_answer (port, "GET /page HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "HTTP/1.1 403");
  }
}

static void
attack_with_paths (guint port)
{
  static const char *const paths[] = { "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "//etc/passwd",
    "/page/../../etc/passwd", "/..\\..\\etc\\passwd", "/page%00/etc/passwd",
    "/socket.io/../../etc/passwd", "/socket.io/%2e%2e%2fetc/passwd",
    "file:///etc/passwd", "/.//.//etc/passwd" };

  for (guint i = 0; i < 20 * G_N_ELEMENTS (paths); i++) {
    g_autofree char *request =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
            paths[i % G_N_ELEMENTS (paths)]);

    assert_answer (port, request, "HTTP/1.1 4");
  }
}

const Attack attacks[] = {
  { "slow-heads", attack_with_slow_heads },
  { "half-open", attack_with_half_open },
  { "bodies", attack_with_bodies },
  { "chunks", attack_with_chunks },
  { "fragments", attack_with_fragments },
  { "hoards", attack_with_hoards },
  { "deaf", attack_without_reading },
  { "messages", attack_with_messages },
  { "pings", attack_with_pings },
  { "connections", attack_with_connections },
  { "elsewhere", attack_from_elsewhere },
  { "paths", attack_with_paths },
  { NULL, NULL },
};
