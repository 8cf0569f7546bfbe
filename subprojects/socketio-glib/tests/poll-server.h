/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "soup-host.h"

G_BEGIN_DECLS

/* A server that is polled, and answers as it is told to. It takes no WebSocket,
 * as if there were a proxy in the way. */
typedef struct {
  SoupHost *soup;
  guint port;

  /* What it answers. */
  const char *handshake; /* the body of the first GET */
  guint handshake_status;
  const char *refused; /* the value of EIO that is answered with 400, or NULL */
  const char *refusal; /* the body of that */
  guint post_status;
  const char *header; /* "Name: value" of each answer, or NULL */
  gboolean mute;      /* to those who want a WebSocket */

  /* What it was asked. */
  guint refusals;
  guint handshakes;
  guint polls;
  guint posts;
  guint websockets;
  char *host;              /* of the last request, as it named it */
  GString *posted;         /* the bodies, a line each */
  GString *cookies;        /* the Cookie header of each request, a line each */
  SoupServerMessage *held; /* the GET that waits */
  GPtrArray *muted;        /* what is never answered */
} PollServer;

PollServer *poll_server_new (void);
void poll_server_free (PollServer *self);
void poll_server_answer (
    PollServer *self, guint status, const char *body, gsize length);
void poll_server_say (PollServer *self, const char *body);

#define POLL_HANDSHAKE                                                   \
  "0{\"sid\":\"s\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000," \
  "\"pingTimeout\":20000,\"maxPayload\":1000000}"

G_END_DECLS
