/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jsontemplate.h"

#include "common/testlog.h"

#include <sio/sio.h>
#include <string.h>

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = sio_json_parse (text, -1, &error);

  g_assert_no_error (error);
  return node;
}

static JsonTemplate *
make (const char *text)
{
  g_autoptr (JsonNode) root = parse (text);
  g_autoptr (GError) error = NULL;
  JsonTemplate *template = json_template_new (root, NULL, &error);

  g_assert_no_error (error);
  return template;
}

/* Takes @value apart and expects to build @rebuilt (or @value) from that. */
static void
check_round (const char *template_text, const char *value, const char *rebuilt)
{
  g_autoptr (JsonTemplate) template = make (template_text);
  g_autoptr (JsonNode) node = parse (value);
  g_autoptr (JsonNode) expected = parse (rebuilt != NULL ? rebuilt : value);
  g_autoptr (JsonNode) built = NULL;
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autoptr (GError) error = NULL;

  g_test_message ("%s with %s", template_text, value);
  g_assert_true (json_template_match (template, node, vars));
  built = json_template_build (template, vars, &error);
  g_assert_no_error (error);
  if (!json_node_equal (built, expected)) {
    g_autofree char *text = sio_json_print (built, NULL, NULL);

    g_error ("built %s", text);
  }
}

static gboolean
matches (const char *template_text, const char *value)
{
  g_autoptr (JsonTemplate) template = make (template_text);
  g_autoptr (JsonNode) node = parse (value);
  g_autoptr (TemplateVars) vars = template_vars_new ();

  return json_template_match (template, node, vars);
}

static void
test_round_trips (void)
{
  check_round ("\"$a\"", "\"x\"", NULL);
  check_round ("\"$a\"", "{\"any\":[1]}", NULL);
  check_round ("{\"a\":\"$a\",\"b\":true}", "{\"a\":1,\"b\":true}", NULL);
  check_round ("{\"a\":\"$a\"}", "{\"a\":1,\"more\":2}", "{\"a\":1}");
  check_round ("{\"a\":\"$a?\"}", "{}", NULL);
  check_round (
      "{\"a\":\"$a?\",\"b\":\"$b\"}", "{\"a\":null,\"b\":2}", "{\"b\":2}");
  check_round ("[\"$a\",\"$b?\",\"$c?\"]", "[1]", NULL);
  check_round ("[\"$a\",\"$b?\",\"$c?\"]", "[1,null,3]", NULL);
  check_round ("[\"$a\"]", "[1,\"trailing\"]", "[1]");
  check_round ("[\"$$a\",\"$b\"]", "[\"$a\",2]", NULL);
  check_round ("{\"$$a\":\"$a\"}", "{\"$a\":1}", NULL);
  check_round ("{\"deep\":{\"a\":\"$a?\"},\"b\":\"$b\"}", "{\"b\":1}", NULL);
  check_round ("{\"d\":\"$desc\"}",
      "{\"d\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}", NULL);
  check_round ("\"$ice\"", "{\"candidate\":\"c\",\"sdpMLineIndex\":1}", NULL);
  check_round ("[null]", "[null]", NULL);
  check_round ("[\"$a?\"]", "[]", NULL);
  check_round ("\"$a?\"", "null", NULL);
}

static void
test_lists (void)
{
  check_round ("{\"$each\":\"$peer\"}", "[]", NULL);
  check_round ("{\"$each\":\"$peer\"}", "[\"a\",\"b\"]", NULL);
  check_round ("{\"$each\":{\"id\":\"$peer\",\"name\":\"$name?\"}}",
      "[{\"id\":\"a\"},{\"id\":\"b\",\"name\":\"B\"}]", NULL);
  check_round ("{\"$keys\":{\"$peer\":{\"name\":\"$name\"}}}",
      "{\"a\":{\"name\":\"A\"},\"b\":{\"name\":\"B\"}}", NULL);
  check_round ("{\"room\":\"$room\",\"ids\":{\"$each\":\"$peer\"}}",
      "{\"room\":\"r\",\"ids\":[\"a\"]}", NULL);
  g_assert_false (matches ("{\"$each\":{\"id\":\"$peer\"}}", "[\"a\"]"));
  g_assert_false (matches ("{\"$each\":\"$peer\"}", "{}"));
  g_assert_false (matches ("{\"$keys\":{\"$peer\":\"$x\"}}", "[]"));
  check_round ("[\"$peer\",{\"$of\":{\"$peer\":{\"n\":\"$name?\"}}}]",
      "[\"p\",{\"o\":{\"n\":1},\"p\":{\"n\":2}}]", "[\"p\",{\"p\":{\"n\":2}}]");
  check_round ("[\"$peer\",{\"$of\":{\"$peer\":{\"n\":\"$name?\"}}}]",
      "[\"p\",{\"o\":{}}]", "[\"p\"]");
  g_assert_true (
      matches ("[\"$peer\",{\"$of\":{\"$peer\":\"$x?\"}}]", "[\"p\"]"));
  g_assert_false (
      matches ("[\"$peer\",{\"$of\":{\"$peer\":\"$x\"}}]", "[\"p\",{}]"));
  g_assert_false (
      matches ("[\"$peer\",{\"$of\":{\"$peer\":\"$x\"}}]", "[\"p\",[1]]"));
  g_assert_false (matches ("{\"$of\":{\"$peer\":\"$x\"}}", "{\"p\":1}"));
}

static void
test_json_inside (void)
{
  check_round ("{\"$json\":{\"a\":\"$a\"}}", "\"{\\\"a\\\":1}\"", NULL);
  g_assert_false (matches ("{\"$json\":{\"a\":\"$a\"}}", "\"{\""));
  g_assert_false (matches ("{\"$json\":{\"a\":\"$a\"}}", "{\"a\":1}"));
}

static void
test_all_and_try (void)
{
  const char *userdata = "{\"u\":{\"$all\":[\"$userdata?\","
                         "{\"$try\":{\"name\":\"$name?\"}}]}}";
  g_autoptr (JsonTemplate) template =
      make ("{\"$all\":[{},\"$userdata?\",{\"name\":\"$name?\"}]}");
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autoptr (JsonNode) empty = NULL;
  g_autoptr (JsonNode) both = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  check_round (userdata, "{\"u\":{\"name\":\"A\",\"x\":1}}", NULL);
  check_round (userdata, "{\"u\":\"a string\"}", NULL);
  check_round (userdata, "{}", NULL);

  empty = json_template_build (template, vars, &error);
  g_assert_no_error (error);
  text = sio_json_print (empty, NULL, NULL);
  g_assert_cmpstr (text, ==, "{}");

  template_vars_set (vars, "userdata", parse ("{\"x\":1,\"name\":\"old\"}"));
  template_vars_set_string (vars, "name", "new");
  both = json_template_build (template, vars, &error);
  g_assert_no_error (error);
  g_clear_pointer (&text, g_free);
  text = sio_json_print (both, NULL, NULL);
  g_assert_cmpstr (text, ==, "{\"x\":1,\"name\":\"new\"}");

  template_vars_set_string (vars, "userdata", "no object");
  g_assert_null (json_template_build (template, vars, &error));
  g_assert_error (error, JSON_TEMPLATE_ERROR, JSON_TEMPLATE_ERROR_INVALID);
}

static void
test_discriminates (void)
{
  g_assert_false (matches ("{\"type\":\"offer\"}", "{\"type\":\"answer\"}"));
  g_assert_false (matches ("{\"type\":\"offer\"}", "{}"));
  g_assert_false (matches ("{\"a\":true}", "{\"a\":1}"));
  g_assert_true (matches ("[1.5]", "[1.5]"));
  g_assert_false (matches ("\"bye\"", "{\"type\":\"bye\"}"));
  g_assert_false (matches ("\"$a\"", "null"));
  g_assert_false (matches ("[\"$a\"]", "[]"));
  /* The same variable twice is the same value twice. */
  g_assert_true (matches ("[\"$a\",\"$a\"]", "[1,1]"));
  g_assert_false (matches ("[\"$a\",\"$a\"]", "[1,2]"));
}

static void
test_known_values_constrain (void)
{
  g_autoptr (JsonTemplate) template = make ("{\"to\":\"$self\",\"a\":\"$a\"}");
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autoptr (JsonNode) mine = parse ("{\"a\":1,\"to\":\"me\"}");
  g_autoptr (JsonNode) other = parse ("{\"a\":1,\"to\":\"you\"}");

  template_vars_set_string (vars, "self", "me");
  g_assert_false (json_template_match (template, other, vars));
  /* A failure leaves nothing behind. */
  g_assert_null (template_vars_get (vars, "a"));
  g_assert_true (json_template_match (template, mine, vars));
  g_assert_cmpint (template_vars_get_int (vars, "a", -1), ==, 1);
}

static void
test_unset (void)
{
  g_autoptr (JsonTemplate) template = make ("{\"a\":[\"$a\"]}");
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (json_template_build (template, vars, &error));
  g_assert_error (error, JSON_TEMPLATE_ERROR, JSON_TEMPLATE_ERROR_UNSET);
  g_assert_nonnull (strstr (error->message, "$a"));
}

static void
test_invalid (void)
{
  static const struct {
    const char *text;
    const char *words;
  } cases[] = {
    { "{\"a\":\"$\"}", ".a" },
    { "{\"a\":[\"$A\"]}", ".a[0]" },
    { "\"$a-b\"", "no variable" },
    { "\"$desc?\"", "question mark" },
    { "{\"$what\":1}", "no “$what”" },
    { "{\"$each\":\"$a\",\"b\":1}", "alone" },
    { "{\"$keys\":\"$a\"}", "one member" },
    { "{\"$of\":{\"a\":\"$a\"}}", "“$of” takes an object of one member" },
    { "{\"$all\":[]}", "array of templates" },
    { "[{\"$each\":\"$a\"},{\"$each\":\"$b\"}]", "one list" },
    { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "deeper" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (JsonNode) root = parse (cases[i].text);
    g_autoptr (GError) error = NULL;

    g_assert_null (json_template_new (root, NULL, &error));
    g_assert_error (error, JSON_TEMPLATE_ERROR, JSON_TEMPLATE_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].words));
  }
}

/* The first that fits, either way; a value that half fits leaves no trace. */
static void
test_any (void)
{
  check_round ("{\"$any\":[\"$a\",\"none\"]}", "\"x\"", NULL);
  check_round ("{\"$any\":[{\"a\":\"$a\"},[\"$b\"]]}", "[1]", NULL);
  check_round (
      "[{\"$any\":[{\"a\":\"$a\",\"b\":1},{\"a\":2,\"b\":\"$b\"}]},\"$a?\"]",
      "[{\"a\":2,\"b\":3}]", NULL);
  check_round ("[{\"$any\":[\"$a?\",1]}]", "[]", NULL);
  g_assert_false (matches ("{\"$any\":[1,2]}", "3"));
  g_assert_false (matches ("{\"$any\":[1,2]}", "null"));
}

static void
test_long_list (void)
{
  g_autoptr (GString) text = g_string_new ("[");

  for (int i = 0; i < 2000; i++)
    g_string_append (text, "1,");
  g_string_append (text, "1]");
  g_assert_false (matches ("{\"$each\":\"$peer\"}", text->str));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/jsontemplate/round-trips", test_round_trips);
  g_test_add_func ("/jsontemplate/lists", test_lists);
  g_test_add_func ("/jsontemplate/json-inside", test_json_inside);
  g_test_add_func ("/jsontemplate/all-and-try", test_all_and_try);
  g_test_add_func ("/jsontemplate/any", test_any);
  g_test_add_func ("/jsontemplate/discriminates", test_discriminates);
  g_test_add_func (
      "/jsontemplate/known-values-constrain", test_known_values_constrain);
  g_test_add_func ("/jsontemplate/unset", test_unset);
  g_test_add_func ("/jsontemplate/invalid", test_invalid);
  g_test_add_func ("/jsontemplate/long-list", test_long_list);
  return g_test_run ();
}
