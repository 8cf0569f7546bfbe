/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attacks.h"

#include <sio/sio-ws-frame.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MUCH (200 * 1000 * 1000)
#define BLOCK (64 * 1024)
#define PATIENCE_S 20

#define HEAD(method, path) method " " path " HTTP/1.1\r\nHost: localhost\r\n"
#define WEBSOCKET                                   \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n"   \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\n"
#define ENGINE(transport) "/socket.io/?EIO=4&transport=" transport

/* --- Sockets --- */

static int
dial (guint port)
{
  const struct timeval patience = { .tv_sec = PATIENCE_S };
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons ((guint16) port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  /* The kernel answers for the server. */
  g_assert_cmpint (
      connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* FALSE if the server does not want it any more. One that has shut the connection
 * down leaves a sender who waits for it to find out by himself. */
static gboolean
put (int fd, gconstpointer data, gsize length)
{
  const char *at = data;

  while (length > 0) {
    struct pollfd ready = { .fd = fd, .events = POLLOUT | POLLRDHUP };
    ssize_t count;

    g_assert_cmpint (poll (&ready, 1, PATIENCE_S * 1000), >, 0);
    if ((ready.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
      return FALSE;
    count = send (fd, at, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN)
      continue;
    if (count < 0)
      return FALSE;
    at += count;
    length -= (gsize) count;
  }
  return TRUE;
}

static gboolean
put_text (int fd, const char *text)
{
  return put (fd, text, strlen (text));
}

/* What comes up to and with @text, or to the end. */
static char *
take (int fd, const char *text)
{
  GString *got = g_string_new (NULL);
  char buffer[4096];
  ssize_t count;

  while ((text == NULL || strstr (got->str, text) == NULL)
      && (count = recv (fd, buffer, sizeof buffer, 0)) != 0) {
    /* A reset is an end as well. */
    if (count < 0) {
      g_assert_cmpint (errno, !=, EAGAIN);
      break;
    }
    g_string_append_len (got, buffer, count);
  }
  return g_string_free (got, FALSE);
}

/* One that had to give way to another comes again. */
static void
assert_answer (guint port, const char *request, const char *status)
{
  g_autofree char *answer = g_strdup ("");

  for (guint i = 0; i < 100 && answer[0] == '\0'; i++) {
    int fd = dial (port);

    put_text (fd, request);
    g_free (answer);
    answer = take (fd, NULL);
    close (fd);
  }
  if (g_str_has_prefix (answer, status) && strstr (answer, "root:") == NULL)
    return;
  g_error ("%s was answered: %s", request, answer);
}

static void
append_frame (GByteArray *out, SioWsOpcode opcode, gboolean last,
    const char *data, gsize length)
{
  guint start = out->len;

  sio_ws_frame_append (out, opcode, TRUE, 0x12345678, NULL, 0, data, length);
  if (!last)
    out->data[start] &= 0x7f;
}

/* A WebSocket, and a Socket.IO client; -1 if the server is full. */
static int
become_client (guint port)
{
  g_autoptr (GByteArray) connect = g_byte_array_new ();
  g_autofree char *opened = NULL;
  g_autofree char *connected = NULL;
  int fd = dial (port);

  put_text (fd, HEAD ("GET", ENGINE ("websocket")) WEBSOCKET "\r\n");
  opened = take (fd, "\"sid\"");
  append_frame (connect, SIO_WS_TEXT, TRUE, "40", 2);
  put (fd, connect->data, connect->len);
  connected = take (fd, "40{\"sid\"");
  if (strstr (connected, "40{\"sid\"") != NULL)
    return fd;
  close (fd);
  return -1;
}

/* NULL if the server is full. */
static char *
open_session (guint port)
{
  int fd = dial (port);
  g_autofree char *answer = NULL;
  const char *sid;

  put_text (fd, HEAD ("GET", ENGINE ("polling")) "\r\n");
  answer = take (fd, NULL);
  close (fd);
  sid = strstr (answer, "\"sid\":\"");
  return sid != NULL ? g_strndup (sid + strlen ("\"sid\":\""), 22) : NULL;
}

/* --- Who does not come to the point --- */

/* Until the server has ended all of them, to each of which @drip is said now and
 * then. */
static void
await_ends (struct pollfd *fds, guint count, const char *drip)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  guint left = count;

  while (left > 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    poll (fds, count, 50);
    for (guint i = 0; i < count; i++) {
      if (fds[i].fd < 0)
        continue;
      if (fds[i].revents == 0 && (drip == NULL || put_text (fds[i].fd, drip)))
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
    fds[i] = (struct pollfd){ .fd = dial (port), .events = POLLIN };
    put_text (fds[i].fd, "GET /page HTTP/1.1\r\nX: ");
  }
  await_ends (fds, G_N_ELEMENTS (fds), "y");
}

static void
attack_with_half_open (guint port)
{
  struct pollfd fds[300];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = (struct pollfd){ .fd = dial (port), .events = POLLIN };
    if (i % 2 == 0)
      put_text (fds[i].fd, "GET / HTTP/1.1\r\n");
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
    if ((chunked && !put_text (fd, "10000\r\n")) || !put (fd, block, BLOCK)
        || (chunked && !put_text (fd, "\r\n")))
      return;
  }
}

static void
post_much (guint port, const char *path, gboolean chunked)
{
  g_autofree char *head = g_strdup_printf (
      "POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n", path,
      chunked ? "Transfer-Encoding: chunked" : "Content-Length: 200000000");
  int fd = dial (port);

  put_text (fd, head);
  put_much (fd, chunked);
  close (fd);
}

static void
post_everywhere (guint port, gboolean chunked)
{
  g_autofree char *sid = open_session (port);
  g_autofree char *path = g_strconcat (ENGINE ("polling") "&sid=", sid, NULL);

  if (sid != NULL)
    post_much (port, path, chunked);
  post_much (port, ENGINE ("polling"), chunked);
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

  append_frame (first, SIO_WS_TEXT, FALSE, block, BLOCK);
  append_frame (more, SIO_WS_CONTINUATION, FALSE, block, BLOCK);
  while (sent < MUCH) {
    int fd = become_client (port);

    if (fd < 0)
      continue;
    put (fd, first->data, first->len);
    for (sent += BLOCK; put (fd, more->data, more->len); sent += BLOCK)
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

  append_frame (frame, SIO_WS_TEXT, FALSE, block, 900 * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = (struct pollfd){ .fd = become_client (port), .events = POLLIN };
    if (fds[i].fd >= 0)
      put (fds[i].fd, frame->data, frame->len);
  }
  /* 16 MiB is room for eighteen. */
  while (ended < G_N_ELEMENTS (fds) - 18) {
    ended = 0;
    g_assert_cmpint (poll (fds, G_N_ELEMENTS (fds), PATIENCE_S * 1000), >, 0);
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
    append_frame (frames, SIO_WS_TEXT, TRUE, text, strlen (text));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = become_client (port);
    if (fds[i] >= 0)
      put (fds[i], frames->data, frames->len);
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
    append_frame (frames, opcode, TRUE, text, strlen (text));
  for (guint i = 0; i < 40; i++) {
    int fd = become_client (port);

    if (fd < 0)
      continue;
    while (put (fd, frames->data, frames->len))
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
    close (dial (port));
}

/* --- Who wants what is not his --- */

static void
attack_from_elsewhere (guint port)
{
  for (guint i = 0; i < 50; i++) {
    assert_answer (port,
        HEAD ("GET", ENGINE ("polling")) "Origin: http://evil.example\r\n\r\n",
        "HTTP/1.1 403");
    assert_answer (port,
        HEAD ("GET", ENGINE ("websocket")) WEBSOCKET
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
