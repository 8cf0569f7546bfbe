/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-budget.h>

static void
count (gpointer data)
{
  ++*(guint *) data;
}

static void
test_largest (void)
{
  g_autoptr (SioBudget) budget = sio_budget_new ();
  guint revoked[3] = { 0 };
  SioShare shares[3];

  sio_budget_set_max (budget, 100);
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    sio_share_init (&shares[i], budget, count, &revoked[i]);
  g_assert_true (sio_share_set (&shares[0], 20));
  g_assert_true (sio_share_set (&shares[1], 50));
  g_assert_true (sio_share_set (&shares[2], 30));
  g_assert_cmpuint (sio_budget_get_used (budget), ==, 100);

  /* Whoever asks, it is the largest that has to go. */
  g_assert_true (sio_share_set (&shares[0], 21));
  g_assert_cmpuint (revoked[1], ==, 1);
  g_assert_cmpuint (sio_budget_get_used (budget), ==, 51);
  g_assert_false (sio_share_set (&shares[2], 80));
  g_assert_cmpuint (sio_budget_get_used (budget), ==, 21);
  g_assert_false (sio_share_set (&shares[2], 101));
  g_assert_cmpuint (sio_budget_get_used (budget), ==, 21);
  g_assert_cmpuint (revoked[0] + revoked[2], ==, 0);

  /* Of two the younger. */
  g_assert_true (sio_share_set (&shares[1], 40));
  g_assert_true (sio_share_set (&shares[0], 40));
  g_assert_false (sio_share_set (&shares[2], 40));
  g_assert_cmpuint (sio_budget_get_used (budget), ==, 80);
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    sio_share_clear (&shares[i]);
  g_assert_cmpuint (sio_budget_get_used (budget), ==, 0);
}

static void
test_no_limit (void)
{
  g_autoptr (SioBudget) budget = sio_budget_new ();
  SioShare none = { 0 };
  SioShare share;

  g_assert_true (sio_share_set (&none, G_MAXSIZE));
  sio_share_clear (&none);
  sio_share_init (&share, budget, count, NULL);
  g_assert_true (sio_share_set (&share, G_MAXSIZE / 2));
  /* Less than before is not more. */
  sio_budget_set_max (budget, 10);
  g_assert_cmpuint (sio_budget_get_used (budget), ==, G_MAXSIZE / 2);
  g_assert_true (sio_share_set (&share, 0));
  sio_share_clear (&share);
  sio_share_clear (&share);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/budget/largest", test_largest);
  g_test_add_func ("/budget/no-limit", test_no_limit);
  return g_test_run ();
}
