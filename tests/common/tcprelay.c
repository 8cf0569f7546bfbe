/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tcprelay.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_PAIRS 64

/* -1: there is none any more */
typedef struct {
  int client;
  int server;
} Pair;

struct _TcpRelay {
  GThread *thread;
  guint server_port;
  guint port;
  int listener;
  int orders[2]; /* a pipe; its end is the last order */
  /* Only on the thread */
  Pair pairs[MAX_PAIRS];
  guint n_pairs;
};

static struct sockaddr_in
loopback (guint port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
    .sin_port = htons ((guint16) port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
}

static void
drop (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static void
take_client (TcpRelay *self)
{
  struct sockaddr_in address = loopback (self->server_port);
  Pair *pair = &self->pairs[self->n_pairs];

  g_assert_cmpuint (self->n_pairs, <, MAX_PAIRS);
  pair->client = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC);
  pair->server = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (pair->client, >=, 0);
  if (connect (pair->server, (struct sockaddr *) &address, sizeof address)
      != 0) {
    drop (&pair->client);
    drop (&pair->server);
    return;
  }
  self->n_pairs++;
}

/* FALSE: that was all. */
static gboolean
pass_on (int from, int to)
{
  char buffer[16384];
  ssize_t count = read (from, buffer, sizeof buffer);
  ssize_t done = 0;

  while (done < count) {
    ssize_t sent =
        send (to, buffer + done, (gsize) (count - done), MSG_NOSIGNAL);

    if (sent <= 0)
      return FALSE;
    done += sent;
  }
  return count > 0;
}

/* Nobody reads from the server, and nobody tells it. */
static void
swallow (TcpRelay *self)
{
  for (guint i = 0; i < self->n_pairs; i++)
    drop (&self->pairs[i].client);
}

static gboolean
follow_orders (TcpRelay *self)
{
  char order;

  if (read (self->orders[0], &order, 1) != 1)
    return FALSE;
  swallow (self);
  return TRUE;
}

static void
serve_pair (Pair *pair, short client, short server)
{
  if (pair->client < 0)
    return;
  if ((client == 0 || pass_on (pair->client, pair->server))
      && (server == 0 || pass_on (pair->server, pair->client)))
    return;
  drop (&pair->client);
  drop (&pair->server);
}

static gpointer
run (gpointer data)
{
  TcpRelay *self = data;
  struct pollfd fds[2 + 2 * MAX_PAIRS];

  for (;;) {
    guint n_pairs = self->n_pairs;

    fds[0] = (struct pollfd){ self->orders[0], POLLIN, 0 };
    fds[1] = (struct pollfd){ self->listener, POLLIN, 0 };
    for (guint i = 0; i < n_pairs; i++) {
      gboolean lives = self->pairs[i].client >= 0;

      fds[2 + 2 * i] = (struct pollfd){ self->pairs[i].client, POLLIN, 0 };
      fds[3 + 2 * i] =
          (struct pollfd){ lives ? self->pairs[i].server : -1, POLLIN, 0 };
    }
    g_assert_cmpint (poll (fds, 2 + 2 * n_pairs, -1), >, 0);
    for (guint i = 0; i < n_pairs; i++)
      serve_pair (
          &self->pairs[i], fds[2 + 2 * i].revents, fds[3 + 2 * i].revents);
    if (fds[1].revents != 0)
      take_client (self);
    if (fds[0].revents != 0 && !follow_orders (self))
      return NULL;
  }
}

TcpRelay *
tcp_relay_new (guint port)
{
  TcpRelay *self = g_new0 (TcpRelay, 1);
  struct sockaddr_in address = loopback (0);
  socklen_t length = sizeof address;

  self->server_port = port;
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (
      bind (self->listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (self->listener, 16), ==, 0);
  g_assert_cmpint (
      getsockname (self->listener, (struct sockaddr *) &address, &length), ==,
      0);
  self->port = ntohs (address.sin_port);
  g_assert_true (g_unix_open_pipe (self->orders, FD_CLOEXEC, NULL));
  self->thread = g_thread_new ("relay", run, self);
  return self;
}

void
tcp_relay_free (TcpRelay *self)
{
  close (self->orders[1]);
  g_thread_join (self->thread);
  close (self->orders[0]);
  close (self->listener);
  for (guint i = 0; i < self->n_pairs; i++) {
    drop (&self->pairs[i].client);
    drop (&self->pairs[i].server);
  }
  g_free (self);
}

guint
tcp_relay_get_port (TcpRelay *self)
{
  return self->port;
}

void
tcp_relay_swallow (TcpRelay *self)
{
  g_assert_cmpint ((int) write (self->orders[1], "", 1), ==, 1);
}
