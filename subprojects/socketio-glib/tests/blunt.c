/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "blunt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
blunt_dial (guint port)
{
  const struct timeval patience = { .tv_sec = BLUNT_PATIENCE_S };
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons ((guint16) port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
  /* The kernel answers for the server. */
  g_assert_cmpint (
      connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* FALSE if the server does not want it any more. One that has shut the connection
 * down leaves a sender who waits for it to find out by himself. */
gboolean
blunt_put (int fd, gconstpointer data, gsize length)
{
  const char *at = data;

  while (length > 0) {
    struct pollfd ready = { .fd = fd, .events = POLLOUT | POLLRDHUP };
    ssize_t count;

    g_assert_cmpint (poll (&ready, 1, BLUNT_PATIENCE_S * 1000), >, 0);
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

gboolean
blunt_put_text (int fd, const char *text)
{
  return blunt_put (fd, text, strlen (text));
}

/* What comes up to and with @text, or to the end. */
char *
blunt_take (int fd, const char *text)
{
  GString *got = g_string_new (NULL);
  char buffer[4096];
  ssize_t count;

  while (
      (text == NULL || memmem (got->str, got->len, text, strlen (text)) == NULL)
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

void
blunt_append_frame (GByteArray *out, SioWsOpcode opcode, gboolean last,
    const char *data, gsize length)
{
  guint start = out->len;

  sio_ws_frame_append (out, opcode, TRUE, 0x12345678, NULL, 0, data, length);
  if (!last)
    out->data[start] &= 0x7f;
}

/* A whole message. */
gboolean
blunt_put_frame (int fd, SioWsOpcode opcode, const char *text)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();

  blunt_append_frame (frame, opcode, TRUE, text, strlen (text));
  return blunt_put (fd, frame->data, frame->len);
}

/* A WebSocket, and a Socket.IO client; -1 if the server is full. */
int
blunt_become_client (guint port)
{
  g_autofree char *opened = NULL;
  g_autofree char *connected = NULL;
  int fd = blunt_dial (port);

  blunt_put_text (fd,
      BLUNT_HEAD ("GET", BLUNT_ENGINE ("websocket")) BLUNT_WEBSOCKET "\r\n");
  opened = blunt_take (fd, "\"sid\"");
  blunt_put_frame (fd, SIO_WS_TEXT, "40");
  connected = blunt_take (fd, "40{\"sid\"");
  if (strstr (connected, "40{\"sid\"") != NULL)
    return fd;
  close (fd);
  return -1;
}

/* NULL if the server is full. */
char *
blunt_open_session (guint port)
{
  int fd = blunt_dial (port);
  g_autofree char *answer = NULL;
  const char *sid;

  blunt_put_text (fd, BLUNT_HEAD ("GET", BLUNT_ENGINE ("polling")) "\r\n");
  answer = blunt_take (fd, NULL);
  close (fd);
  sid = strstr (answer, "\"sid\":\"");
  return sid != NULL ? g_strndup (sid + strlen ("\"sid\":\""), 22) : NULL;
}
