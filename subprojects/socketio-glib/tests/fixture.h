/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sio/sio.h>

G_BEGIN_DECLS

/* gcc says it in one way, clang in the other. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define FIXTURE_SANITIZED 1
#else
#define FIXTURE_SANITIZED 0
#endif

/* A main context of its own with a watchdog, in which a test waits for what it
 * expects to happen. */
typedef struct {
  GMainContext *context;
  GSource *watchdog;
} Fixture;

guint fixture_time_factor (void);
void fixture_set_up (Fixture *self);
void fixture_tear_down (Fixture *self);
void fixture_wait_for_gone (Fixture *self, gpointer *weak);

/* Runs the context until @condition holds. */
#define fixture_wait(self, condition)                   \
  G_STMT_START                                          \
  {                                                     \
    while (!(condition))                                \
      g_main_context_iteration ((self)->context, TRUE); \
  }                                                     \
  G_STMT_END

/* Runs the context for a while, to see that something does not happen. */
void fixture_linger (Fixture *self, guint ms);

/* What a client socket told, one line each, such as "disconnect ping timeout 1".
 * Events are "event NAME ARGS". */
typedef struct {
  SioSocket *socket;
  GString *lines;
  guint connects;
  guint connect_errors;
  guint disconnects;
  guint events;
  GError *error; /* the last */
} Log;

void log_watch (Log *self, SioSocket *socket);
void log_clear (Log *self);

JsonNode *json (const char *text);
char *json_text (JsonNode *node);
SioServer *server_new (void);
SioManager *manager_for (SioServer *server);

/* A connection that says what it likes. */
typedef struct {
  GSocketConnection *connection;
  GByteArray *received;
  gboolean ended;
} Raw;

Raw *raw_connect (guint port);
Raw *raw_new (GSocketConnection *connection);
void raw_free (Raw *self);
void raw_send (Raw *self, const void *data, gsize length);
void raw_send_text (Raw *self, const char *text);
void raw_send_frame (Raw *self, gboolean masked, const char *text);
void raw_send_binary (Raw *self, const char *bytes);
void raw_read (Raw *self);
gboolean raw_has (Raw *self, const char *text);
char *raw_dup_messages (Raw *self);
void raw_upgrade (Raw *self);

/* A server that does the WebSocket handshake and then what it likes. */
typedef struct {
  GSocketService *service;
  guint port;
  Raw *guest;     /* the last */
  guint guests;   /* that began */
  guint accepted; /* whose handshake was answered */
} RawServer;

RawServer *raw_server_new (void);
void raw_server_free (RawServer *self);
gboolean raw_server_serve (RawServer *self);

#define RAW_HANDSHAKE                                       \
  "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":25000," \
  "\"pingTimeout\":20000,\"maxPayload\":1000000}"

G_END_DECLS
