/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "callpolicy.h"
#include "common/testlog.h"
#include "roomcontract.h"

#define NONE NULL
#define OFFERER ROOM_ROLE_OFFERER
#define ANSWERER ROOM_ROLE_ANSWERER
#define LATE ROOM_ROLE_LATE_OFFERER
#define MANUAL ROOM_ROLE_MANUAL

static void
test_arrival (void)
{
  static const struct {
    CallPolicyMode mode;
    const char *call_peer;
    const char *role;
    CallDecision decision;
  } cases[] = {
    { CALL_POLICY_AUTO, NONE, OFFERER, CALL_NOW },
    { CALL_POLICY_AUTO, NONE, ANSWERER, CALL_NOT },
    { CALL_POLICY_AUTO, NONE, LATE, CALL_LATE },
    { CALL_POLICY_AUTO, NONE, MANUAL, CALL_NOT },
    { CALL_POLICY_AUTO, NONE, NONE, CALL_NOT },
    { CALL_POLICY_AUTO, NONE, "something new", CALL_NOT },
    { CALL_POLICY_ANSWER, NONE, OFFERER, CALL_NOT },
    { CALL_POLICY_ANSWER, NONE, LATE, CALL_NOT },
    { CALL_POLICY_MANUAL, NONE, OFFERER, CALL_NOT },
    { CALL_POLICY_AUTO, "x7*", OFFERER, CALL_NOW },
    { CALL_POLICY_AUTO, "Ada", OFFERER, CALL_NOW },
    { CALL_POLICY_AUTO, "Ada", ANSWERER, CALL_LATE },
    { CALL_POLICY_AUTO, "Ada", LATE, CALL_LATE },
    { CALL_POLICY_AUTO, "Ada", MANUAL, CALL_NOW },
    { CALL_POLICY_AUTO, "Ada", NONE, CALL_NOW },
    { CALL_POLICY_AUTO, "Ben", OFFERER, CALL_NOT },
    { CALL_POLICY_AUTO, "", OFFERER, CALL_NOT },
    { CALL_POLICY_ANSWER, "*", OFFERER, CALL_NOW },
    { CALL_POLICY_MANUAL, "A?a", MANUAL, CALL_NOW },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    CallPolicy policy = { cases[i].mode, cases[i].call_peer, NULL, 0 };
    CallParty party = { "x7y8", "Ada", cases[i].role, FALSE, 3 };

    g_test_message ("case %u", i);
    g_assert_cmpint (
        call_policy_on_arrival (&policy, &party), ==, cases[i].decision);
    /* Whoever was hung up on is left in peace. */
    party.refrain = TRUE;
    g_assert_cmpint (call_policy_on_arrival (&policy, &party), ==, CALL_NOT);
    party.refrain = FALSE;
    policy.max_calls = 3;
    g_assert_cmpint (call_policy_on_arrival (&policy, &party), ==, CALL_NOT);
    policy.max_calls = 4;
    g_assert_cmpint (
        call_policy_on_arrival (&policy, &party), ==, cases[i].decision);
  }
}

static void
test_offer (void)
{
  static const struct {
    CallPolicyMode mode;
    const char *accept_from;
    OfferDecision decision;
  } cases[] = {
    { CALL_POLICY_AUTO, NULL, OFFER_ACCEPT },
    { CALL_POLICY_ANSWER, NULL, OFFER_ACCEPT },
    { CALL_POLICY_MANUAL, NULL, OFFER_RING },
    { CALL_POLICY_AUTO, "Ada", OFFER_ACCEPT },
    { CALL_POLICY_AUTO, "x7y8", OFFER_ACCEPT },
    { CALL_POLICY_AUTO, "Ben", OFFER_REJECT },
    { CALL_POLICY_ANSWER, "Ben", OFFER_REJECT },
    { CALL_POLICY_MANUAL, "Ben", OFFER_RING },
    { CALL_POLICY_MANUAL, "?da", OFFER_ACCEPT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    CallPolicy policy = { cases[i].mode, NULL, cases[i].accept_from, 0 };
    CallParty party = { "x7y8", "Ada", OFFERER, FALSE, 1 };

    g_test_message ("case %u", i);
    g_assert_cmpint (
        call_policy_on_offer (&policy, &party), ==, cases[i].decision);
    /* They may call though we do not. */
    party.refrain = TRUE;
    g_assert_cmpint (
        call_policy_on_offer (&policy, &party), ==, cases[i].decision);
    policy.max_calls = 1;
    g_assert_cmpint (call_policy_on_offer (&policy, &party), ==, OFFER_BUSY);
  }
}

static void
test_nameless (void)
{
  CallPolicy policy = { CALL_POLICY_AUTO, "Ada", "Ada", 0 };
  CallParty party = { "x7y8", NULL, OFFERER, FALSE, 0 };

  g_assert_cmpint (call_policy_on_arrival (&policy, &party), ==, CALL_NOT);
  g_assert_cmpint (call_policy_on_offer (&policy, &party), ==, OFFER_REJECT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/callpolicy/arrival", test_arrival);
  g_test_add_func ("/callpolicy/offer", test_offer);
  g_test_add_func ("/callpolicy/nameless", test_nameless);
  return g_test_run ();
}
