/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "jsontemplate.h"
#include "roomevent.h"

G_BEGIN_DECLS

#define DIALECT_ERROR (dialect_error_quark ())

/**
 * DialectError:
 * @DIALECT_ERROR_UNKNOWN: there is no dialect of that name
 * @DIALECT_ERROR_INVALID: the text is no dialect
 * @DIALECT_ERROR_MESSAGE: a message that the dialect knows has a form or a value
 *   that it does not take
 */
typedef enum {
  DIALECT_ERROR_UNKNOWN,
  DIALECT_ERROR_INVALID,
  DIALECT_ERROR_MESSAGE,
} DialectError;

/**
 * DialectIntent:
 * @DIALECT_JOIN: enter the room; $room, $name?, $client_id?, $userdata?
 * @DIALECT_LEAVE: leave it; $room
 * @DIALECT_OFFER: an offer to a peer; $peer, $type, $sdp
 * @DIALECT_ANSWER: an answer to a peer; $peer, $type, $sdp
 * @DIALECT_CANDIDATE: an ICE candidate; $peer, $candidate, $mline?, $mid?, $ufrag?
 * @DIALECT_END_CALL: hang up on a peer but stay; $peer
 *
 * What we want to say, with the variables that are set for it. $self and $room
 * are always there.
 */
typedef enum {
  DIALECT_JOIN,
  DIALECT_LEAVE,
  DIALECT_OFFER,
  DIALECT_ANSWER,
  DIALECT_CANDIDATE,
  DIALECT_END_CALL,
} DialectIntent;

/**
 * DialectMessage:
 * @event: the Socket.IO event
 * @args: its arguments, an array
 */
typedef struct {
  char *event;
  JsonNode *args;
} DialectMessage;

/**
 * Dialect:
 *
 * The message forms of one family of applications, read from JSON
 * (docs/dialects.md). It does no I/O and remembers nothing. Immutable.
 */
typedef struct _Dialect Dialect;

GQuark dialect_error_quark (void);

Dialect *dialect_new_builtin (const char *name, GError **error);
Dialect *dialect_new_from_text (
    const char *text, gssize length, GError **error);
void dialect_free (Dialect *self);
char *dialect_list_builtin (void);

const char *dialect_get_name (const Dialect *self);
guint dialect_get_roster_quiet (const Dialect *self);
const char *dialect_get_join_event (const Dialect *self);
gboolean dialect_knows (const Dialect *self, const char *event);

GPtrArray *dialect_build (const Dialect *self, DialectIntent intent,
    TemplateVars *vars, GError **error);
RoomEvent *dialect_parse (const Dialect *self, const char *event,
    JsonNode *args, const char *self_id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dialect, dialect_free)

G_END_DECLS
