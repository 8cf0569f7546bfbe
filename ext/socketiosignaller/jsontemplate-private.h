/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "jsontemplate.h"

G_BEGIN_DECLS

/* What a template node is; docs/dialects.md. */
typedef enum {
  TEMPLATE_LITERAL,
  TEMPLATE_VARIABLE,
  TEMPLATE_OBJECT,
  TEMPLATE_ARRAY,
  TEMPLATE_EACH,
  TEMPLATE_KEYS,
  TEMPLATE_OF,
  TEMPLATE_JSON,
  TEMPLATE_ALL,
  TEMPLATE_ANY,
  TEMPLATE_TRY,
} TemplateKind;

struct _JsonTemplate {
  TemplateKind kind;
  /* Matches what is absent or null, and may build nothing. */
  gboolean nullable;
  /* The variable; the one of the key with TEMPLATE_KEYS and TEMPLATE_OF */
  char *name;
  JsonNode *literal;
  /* JsonTemplate: members, elements, or the one inside */
  GPtrArray *parts;
  /* char *, one for each part of an object */
  GPtrArray *keys;
};

static inline JsonTemplate *
template_part (const JsonTemplate *self, guint index)
{
  return g_ptr_array_index (self->parts, index);
}

G_END_DECLS
