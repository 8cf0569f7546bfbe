/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-json-writer.h"

G_BEGIN_DECLS

/* Where JSON is written to. */
typedef struct {
  GString *out;
  guint max_depth;
  /* NULL: binary data stay in the text. Otherwise GBytes are put here, and
   * placeholders into the text. */
  GPtrArray *attachments;
  guint max_attachments;
} SioJsonWriter;

void sio_json_write_string (GString *out, const char *string);
gboolean sio_json_write (
    const SioJsonWriter *self, JsonNode *node, GError **error);

G_END_DECLS
