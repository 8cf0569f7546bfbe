/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TemplateVars:
 *
 * The values of a template's variables by name, and the rows of its list if it
 * has one. A row sees the values of the set that it belongs to. Not thread-safe;
 * the values are never changed after they were set.
 */
typedef struct _TemplateVars TemplateVars;

TemplateVars *template_vars_new (void);
void template_vars_free (TemplateVars *self);

void template_vars_set (TemplateVars *self, const char *name, JsonNode *value);
void template_vars_set_string (
    TemplateVars *self, const char *name, const char *value);
void template_vars_set_int (TemplateVars *self, const char *name, gint64 value);

JsonNode *template_vars_get (TemplateVars *self, const char *name);
const char *template_vars_get_string (TemplateVars *self, const char *name);
gint64 template_vars_get_int (
    TemplateVars *self, const char *name, gint64 fallback);

TemplateVars *template_vars_new_row (TemplateVars *self);
void template_vars_take_row (TemplateVars *self, TemplateVars *row);
guint template_vars_get_n_rows (TemplateVars *self);
TemplateVars *template_vars_get_row (TemplateVars *self, guint index);

void template_vars_move_into (TemplateVars *self, TemplateVars *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TemplateVars, template_vars_free)

G_END_DECLS
