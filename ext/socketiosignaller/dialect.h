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
 * @DIALECT_ERROR_VARIABLE: a variable of the dialect's own is not as it must be
 */
typedef enum {
  DIALECT_ERROR_UNKNOWN,
  DIALECT_ERROR_INVALID,
  DIALECT_ERROR_MESSAGE,
  DIALECT_ERROR_VARIABLE,
} DialectError;

/**
 * DialectIntent:
 * @DIALECT_JOIN: enter the room; $room, $name?, $client_id?, $userdata?
 * @DIALECT_LEAVE: leave it; $room
 * @DIALECT_OFFER: an offer to a peer; $peer, $type, $sdp
 * @DIALECT_ANSWER: an answer to a peer; $peer, $type, $sdp
 * @DIALECT_LATER_OFFER: an offer to a peer with which something was agreed on,
 *   where that is another message; as %DIALECT_OFFER
 * @DIALECT_LATER_ANSWER: the answer to such a one
 * @DIALECT_CANDIDATE: an ICE candidate; $peer, $candidate, $mline?, $mid?, $ufrag?
 * @DIALECT_END_CALL: hang up on a peer but stay; $peer, $reason?
 * @DIALECT_REJECT: refuse a call that a peer offered; as %DIALECT_END_CALL, which
 *   is said where there are no words for this
 *
 * What we want to say, with the variables that are set for it. $self and $room
 * are always there.
 */
typedef enum {
  DIALECT_JOIN,
  DIALECT_LEAVE,
  DIALECT_OFFER,
  DIALECT_ANSWER,
  DIALECT_LATER_OFFER,
  DIALECT_LATER_ANSWER,
  DIALECT_CANDIDATE,
  DIALECT_END_CALL,
  DIALECT_REJECT,
  DIALECT_N_INTENTS
} DialectIntent;

/**
 * Dialect:
 *
 * The message forms of one family of applications, read from JSON
 * (docs/dialects.md). It does no I/O but to read its file, and remembers nothing
 * by itself. Immutable.
 */
typedef struct _Dialect Dialect;

GQuark dialect_error_quark (void);

Dialect *dialect_new_builtin (const char *name, GError **error);
Dialect *dialect_new_from_text (
    const char *text, gssize length, GError **error);
Dialect *dialect_new_from_file (const char *path, GError **error);
void dialect_free (Dialect *self);
char *dialect_list_builtin (void);

const char *dialect_get_name (const Dialect *self);
guint dialect_get_roster_quiet (const Dialect *self);
gboolean dialect_get_trickle (const Dialect *self);
gboolean dialect_names_room (const Dialect *self);
gboolean dialect_dials_room (const Dialect *self);
JsonNode *dialect_build_query (
    const Dialect *self, TemplateVars *vars, GError **error);
gboolean dialect_has_single_peer (const Dialect *self);
const char *dialect_get_present_role (const Dialect *self, TemplateVars *vars);
gboolean dialect_can_move (const Dialect *self);
const char *dialect_get_ice_servers_url (const Dialect *self);
gboolean dialect_awaits_self (const Dialect *self);
gboolean dialect_awaits_entry (const Dialect *self);
gboolean dialect_awaits_ack (const Dialect *self, DialectIntent intent);
gboolean dialect_can_say (const Dialect *self, DialectIntent intent);
const char *dialect_get_join_event (const Dialect *self);
gboolean dialect_knows (const Dialect *self, const char *event);

gboolean dialect_fill_variables (
    const Dialect *self, JsonNode *given, TemplateVars *vars, GError **error);

GPtrArray *dialect_build (const Dialect *self, DialectIntent intent,
    TemplateVars *vars, GError **error);
RoomEvent *dialect_parse (const Dialect *self, const char *event,
    JsonNode *args, TemplateVars *memory, GError **error);
RoomEvent *dialect_parse_ack (const Dialect *self, DialectIntent intent,
    JsonNode *args, TemplateVars *memory, GError **error);

gboolean dialect_recognize (const Dialect *self, const char *event,
    JsonNode *args, TemplateVars *vars, DialectIntent *intent);
const char *dialect_intent_to_string (DialectIntent intent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dialect, dialect_free)

G_END_DECLS
