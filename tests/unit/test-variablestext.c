/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "variablestext.h"

#include "common/testlog.h"

static const struct {
  const char *text;
  const char *json;
} cases[] = {
  { "v", "{}" },
  { "v;", "{}" },
  { "v,role=offerer", "{\"role\":\"offerer\"}" },
  { " v , a = b , c = d ; ", "{\"a\":\"b\",\"c\":\"d\"}" },
  { "v,a=1,b=-7,c=1.5,d=true,e=false",
      "{\"a\":1,\"b\":-7,\"c\":1.5,\"d\":true,\"e\":false}" },
  { "v,a=0,b=0.5", "{\"a\":0,\"b\":0.5}" },
  /* What is meant as text: GStreamer has a number or a fraction for each. */
  { "v,a=0123,b=\"1234\",c=1/2,d=0x10,e=1.2.3,f=-,g=yes",
      "{\"a\":\"0123\",\"b\":\"1234\",\"c\":\"1/2\",\"d\":\"0x10\","
      "\"e\":\"1.2.3\",\"f\":\"-\",\"g\":\"yes\"}" },
  { "v,a=99999999999999999999", "{\"a\":\"99999999999999999999\"}" },
  { "v,a=(string)1234,b=(int)7,c=( double )1,d=(boolean)true",
      "{\"a\":\"1234\",\"b\":7,\"c\":1.0,\"d\":true}" },
  { "v,a=(int)\"7\"", "{\"a\":7}" },
  { "v,a=p@ss/w:rd+%,b=h\xc3\xa9", "{\"a\":\"p@ss/w:rd+%\",\"b\":\"hé\"}" },
  { "v,a=\"x, y=\\\"z\\\" \\\\;\"", "{\"a\":\"x, y=\\\"z\\\" \\\\;\"}" },
  { "v,a=\"h\\303\\251\",b=\"\"", "{\"a\":\"hé\",\"b\":\"\"}" },
  { "v,a=x,a=y", "{\"a\":\"y\"}" },
};

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (JsonNode) node = variables_text_parse (cases[i].text);
    g_autofree char *json = NULL;

    g_test_message ("%s", cases[i].text);
    g_assert_nonnull (node);
    json = json_to_string (node, FALSE);
    g_assert_cmpstr (json, ==, cases[i].json);
  }
}

static void
test_wrong (void)
{
  static const char *const texts[] = { "", " ", "{7", "{\"a\":\"b\",}", "v,",
    "v,a", "v,a=", "v,=b", "v,a=b c", "v a=b", "v,a=(color)b", "v,a=(int)b",
    "v,a=(int)1.5", "v,a=(double)x", "v,a=(double)inf", "v,a=(boolean)yes",
    "v,a=(int", "v,a=(int)", "v,a=()b", "v,a=\"b", "v,a=\"b\\", "v,a=\"b\\\"",
    "v,a=\"b\"c", "v,a=<b,c>", "v,a={b}", "v,a=[1,2]", "v,a=b;c",
    "v,a=\"\\377\"", "v,a=\xff", "v,\xff=a" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (JsonNode) node = variables_text_parse (texts[i]);

    g_test_message ("%" G_GSIZE_FORMAT, i);
    g_assert_null (node);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/variablestext/values", test_values);
  g_test_add_func ("/variablestext/wrong", test_wrong);
  return g_test_run ();
}
