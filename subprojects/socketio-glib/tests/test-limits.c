/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-limits-private.h>

#include <string.h>

/* Each property is one member of the values, and its default the one that code
 * without objects has. */
static void
test_properties (void)
{
  g_autoptr (SioLimits) limits = sio_limits_new ();
  const SioLimitValues *values = sio_limits_peek (limits);
  g_autofree GParamSpec **specs = NULL;
  guint count;

  g_assert_cmpmem (
      values, sizeof *values, &sio_limits_defaults, sizeof sio_limits_defaults);
  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (limits), &count);
  g_assert_cmpuint (count * sizeof (guint), ==, sizeof *values);
  for (guint i = 0; i < count; i++) {
    SioLimitValues before = *values;
    GParamSpecUInt *range = G_PARAM_SPEC_UINT (specs[i]);
    guint changed = 0;
    guint other = range->default_value == range->minimum
        ? range->default_value + 1
        : range->default_value - 1;
    guint read;

    g_test_message ("%s", specs[i]->name);
    g_object_get (limits, specs[i]->name, &read, NULL);
    g_assert_cmpuint (read, ==, range->default_value);
    g_object_set (limits, specs[i]->name, other, NULL);
    g_object_get (limits, specs[i]->name, &read, NULL);
    g_assert_cmpuint (read, ==, other);
    for (gsize at = 0; at < sizeof before; at += sizeof (guint))
      changed += memcmp ((char *) &before + at, (const char *) values + at,
                     sizeof (guint))
          != 0;
    g_assert_cmpuint (changed, ==, 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limits/properties", test_properties);
  return g_test_run ();
}
