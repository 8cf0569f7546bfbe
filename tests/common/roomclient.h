/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/roomserver.h"

#include <libsoup/soup.h>
#include <sio/sio.h>

/*
 * One client of a room server, on the thread-default context, and a browser that
 * only fetches. What a client hears is a text for each event: name and arguments.
 */

typedef struct {
  SioManager *manager;
  SioSocket *socket;
  GPtrArray *heard;
  gboolean connected;
  char *refusal;
} RoomClient;

/* A server on a port of its own. */
RoomServer *room_client_serve (void);

/* @query: as in "a=b&c=d"; @auth: JSON; each may be NULL. Waits until it is
 * connected, and has heard who it is, or is refused. */
RoomClient *room_client_new_with (
    const char *uri, const char *query, const char *auth);
/* The same of a server in this program. */
RoomClient *room_client_join (RoomServer *server);
RoomClient *room_client_join_with (
    RoomServer *server, const char *query, const char *auth);
void room_client_free (RoomClient *self);
const char *room_client_id (RoomClient *self);

/* @format makes JSON: the array of arguments. */
void room_client_say (RoomClient *self, const char *event, const char *format,
    ...) G_GNUC_PRINTF (3, 4);
/* Waits for the next thing it hears, and compares. */
void room_client_hears (RoomClient *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
void room_client_hears_refusal (RoomClient *self, const char *reason);

/* For room_server_set_log(): into a GPtrArray of texts. */
void room_client_keep_line (const char *line, gpointer lines);

/* Waits for the answer; @header: "Name: value" or NULL; @body: (out) (optional). */
SoupMessage *room_client_fetch (const char *uri, const char *method,
    const char *path, const char *header, char **body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoomClient, room_client_free)
