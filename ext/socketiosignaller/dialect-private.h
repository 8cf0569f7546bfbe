/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "dialect.h"

G_BEGIN_DECLS

/* One form of one message: its event and the template of its arguments. */
typedef struct {
  char *event;
  JsonTemplate *args;
} DialectForm;

/* What a message that comes means. */
typedef struct {
  RoomEventKind kind;
  /* Ours towards who comes; the second one towards who comes later */
  const char *role;
  const char *later_role;
  gboolean is_later;
  /* The event; NULL: it is the acknowledgement of ack_of */
  char *event;
  DialectIntent ack_of;
  JsonTemplate *args;
  /* Each nullable: an object of what must be remembered, of values for what has
   * none, and of what to remember */
  JsonNode *when;
  JsonTemplate *set;
  JsonTemplate *keep;
  /* DialectForm: the answers */
  GPtrArray *say;
} DialectRule;

struct _Dialect {
  char *name;
  /* Milliseconds; 0: a message brings the roster */
  guint roster_quiet;
  gboolean trickle;
  gboolean moves;
  gboolean names_room; /* in what it sends */
  gboolean single_peer;
  /* A string; NULL: nobody is there before a message says so */
  JsonTemplate *present_role;
  /* An object of what the connection's address says; NULL: nothing */
  JsonTemplate *query;
  gboolean dials_room; /* among that */
  /* A path on the server; NULL: there is none to fetch them from */
  char *ice_servers_url;
  /* name -> value; null: it has to be given */
  JsonNode *variables;
  /* DialectForm, for each intent; NULL: there is nothing to say */
  GPtrArray *out[DIALECT_N_INTENTS];
  /* DialectRule, in the order in which they are tried */
  GPtrArray *in;
};

gboolean dialect_intent_from_string (const char *text, DialectIntent *intent);
const char *dialect_role_from_string (const char *text);

gboolean dialect_has_rule (const Dialect *self, RoomEventKind kind);
GPtrArray *dialect_build_forms (const GPtrArray *forms, TemplateVars *vars,
    const char *what, GError **error);
gboolean dialect_read (
    Dialect *self, JsonNode *root, GHashTable *lines, GError **error);

G_END_DECLS
