/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "templatevars.h"

G_BEGIN_DECLS

#define JSON_TEMPLATE_ERROR (json_template_error_quark ())

/**
 * JsonTemplateError:
 * @JSON_TEMPLATE_ERROR_INVALID: the JSON is no template
 * @JSON_TEMPLATE_ERROR_UNSET: a variable that is needed has no value
 */
typedef enum {
  JSON_TEMPLATE_ERROR_INVALID,
  JSON_TEMPLATE_ERROR_UNSET,
} JsonTemplateError;

/**
 * JsonTemplate:
 *
 * One pattern of a JSON value that both builds a value from variables and takes
 * a value apart into variables; docs/dialects.md has the language. It knows
 * nothing of calls: what a variable means is its caller's business. Immutable.
 */
typedef struct _JsonTemplate JsonTemplate;

GQuark json_template_error_quark (void);

JsonTemplate *json_template_new (
    JsonNode *root, JsonNode **wrong, GError **error);
void json_template_free (JsonTemplate *self);
void json_template_add_variables (const JsonTemplate *self, GHashTable *names);

JsonNode *json_template_build (
    const JsonTemplate *self, TemplateVars *vars, GError **error);
gboolean json_template_match (
    const JsonTemplate *self, JsonNode *value, TemplateVars *vars);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JsonTemplate, json_template_free)

G_END_DECLS
