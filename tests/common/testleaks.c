/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testleaks.h"

#include <gst/gst.h>
#include <stdlib.h>
#include <unistd.h>

/* Types whose objects live as long as the process. */
static const struct {
  const char *type;
  const char *reason;
} known_leaks[] = {
  { "GstDtlsAgent",
      "the DTLS plugin keeps the process' certificate, and does not flag it" },
};

static GstTracer *tracer;

static gboolean
is_known (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known_leaks); i++) {
    if (g_str_equal (type, known_leaks[i].type))
      return TRUE;
  }
  return FALSE;
}

/* Behind gst_deinit(), which frees what GStreamer itself has. */
static void
report (void)
{
  g_autoptr (GstStructure) info = NULL;
  const GValue *objects;
  guint n_leaks = 0;

  if (tracer == NULL)
    return;
  g_signal_emit_by_name (tracer, "get-live-objects", &info);
  objects = gst_structure_get_value (info, "live-objects-list");
  for (guint i = 0; i < gst_value_list_get_size (objects); i++) {
    const GstStructure *object =
        gst_value_get_structure (gst_value_list_get_value (objects, i));
    const char *type =
        g_type_name (gst_structure_get_field_type (object, "object"));

    if (is_known (type))
      continue;
    g_printerr ("LEAKED: a %s\n%s\n", type,
        gst_structure_get_string (object, "trace") != NULL
            ? gst_structure_get_string (object, "trace")
            : "GST_TRACERS='leaks(stack-traces-flags=full)' says whence");
    n_leaks++;
  }
  if (n_leaks > 0)
    _exit (EXIT_FAILURE);
}

/**
 * test_leaks_prepare:
 *
 * To be called before gst_check_init().
 */
void
test_leaks_prepare (void)
{
  atexit (report);
}

/**
 * test_leaks_watch:
 *
 * To be called after gst_check_init(). The reference to the tracer keeps it from
 * its own report.
 */
void
test_leaks_watch (void)
{
  GList *tracers = gst_tracing_get_active_tracers ();

  for (GList *l = tracers; l != NULL; l = l->next) {
    if (g_str_equal (G_OBJECT_TYPE_NAME (l->data), "GstLeaksTracer"))
      gst_object_replace ((GstObject **) &tracer, l->data);
  }
  g_list_free_full (tracers, gst_object_unref);
}
