/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "retimer.h"

#include "common/testlog.h"

#define BUDGET (100 * GST_MSECOND)
#define STEP (20 * GST_MSECOND)

typedef struct {
  Retimer retimer;
  GstClockTime stamp; /* of the next buffer */
  guint n_lost;       /* buffers that came too late after the shift */
  GstClockTimeDiff shift;
} World;

static World
world_new (void)
{
  World world = { .stamp = 10 * GST_SECOND };

  retimer_init (&world.retimer, BUDGET);
  return world;
}

/* Buffers of @time come @delay after their stamps. */
static void
feed (World *world, GstClockTime time, GstClockTimeDiff delay)
{
  for (GstClockTime end = world->stamp + time; world->stamp < end;
       world->stamp += STEP) {
    GstClockTime now = (GstClockTime) ((GstClockTimeDiff) world->stamp + delay);

    world->shift = retimer_feed (&world->retimer, now, world->stamp);
    if (GST_CLOCK_DIFF (world->stamp, now) - world->shift
        > (GstClockTimeDiff) BUDGET)
      world->n_lost++;
  }
}

static void
test_in_time (void)
{
  World world = world_new ();

  feed (&world, 30 * GST_SECOND, 0);
  feed (&world, 30 * GST_SECOND, 100 * GST_MSECOND);
  g_assert_cmpint (world.shift, ==, 0);
  g_assert_cmpuint (world.n_lost, ==, 0);
}

static void
test_late (void)
{
  World world = world_new ();

  feed (&world, 3 * GST_SECOND, 400 * GST_MSECOND);
  g_assert_cmpint (world.shift, ==, 320 * GST_MSECOND);
  /* Heard after a second, and for good. */
  g_assert_cmpuint (world.n_lost, <=, 1100 / 20);
  world.n_lost = 0;
  feed (&world, 60 * GST_SECOND, 400 * GST_MSECOND);
  g_assert_cmpuint (world.n_lost, ==, 0);
  g_assert_cmpint (world.shift, ==, 320 * GST_MSECOND);
}

/* What comes behind an outage is late, and nothing after it. */
static void
test_burst_after_outage (void)
{
  World world = world_new ();

  feed (&world, 10 * GST_SECOND, 50 * GST_MSECOND);
  for (GstClockTime end = world.stamp + 2 * GST_SECOND, begin = world.stamp;
       world.stamp < end; world.stamp += STEP)
    world.shift = retimer_feed (&world.retimer,
        end + 50 * GST_MSECOND + (world.stamp - begin) / 50, world.stamp);
  g_assert_cmpint (world.shift, ==, 0);
  world.n_lost = 0;
  feed (&world, 10 * GST_SECOND, 50 * GST_MSECOND);
  g_assert_cmpint (world.shift, ==, 0);
  g_assert_cmpuint (world.n_lost, ==, 0);
}

static void
test_few_late_buffers (void)
{
  World world = world_new ();

  for (int i = 0; i < 500; i++) {
    feed (&world, 9 * STEP, 50 * GST_MSECOND);
    feed (&world, STEP, 150 * GST_MSECOND);
  }
  g_assert_cmpint (world.shift, ==, 0);
}

/* A network that got better gives back what it took. */
static void
test_goes_back (void)
{
  World world = world_new ();

  feed (&world, 3 * GST_SECOND, 600 * GST_MSECOND);
  g_assert_cmpint (world.shift, >, 500 * GST_MSECOND);
  feed (&world, 5 * GST_SECOND, 50 * GST_MSECOND);
  g_assert_cmpint (world.shift, >, 500 * GST_MSECOND);
  world.n_lost = 0;
  feed (&world, 20 * GST_SECOND, 50 * GST_MSECOND);
  g_assert_cmpint (world.shift, ==, 0);
  g_assert_cmpuint (world.n_lost, ==, 0);
}

static void
test_from_the_future (void)
{
  World world = world_new ();

  feed (&world, 3 * GST_SECOND, -(GstClockTimeDiff) (5 * GST_SECOND));
  g_assert_cmpint (world.shift, <, -(GstClockTimeDiff) (4 * GST_SECOND));
  world.n_lost = 0;
  feed (&world, 30 * GST_SECOND, -(GstClockTimeDiff) (5 * GST_SECOND));
  g_assert_cmpuint (world.n_lost, ==, 0);
}

/* Stamps of a stream that began its own time. */
static void
test_any_base (void)
{
  World world = world_new ();

  world.stamp = 0;
  feed (&world, 3 * GST_SECOND, 3600 * (GstClockTimeDiff) GST_SECOND);
  world.n_lost = 0;
  feed (&world, 30 * GST_SECOND, 3600 * (GstClockTimeDiff) GST_SECOND);
  g_assert_cmpuint (world.n_lost, ==, 0);
}

/* A still camera, or one muted for a while. */
static void
test_pauses (void)
{
  World world = world_new ();

  for (int i = 0; i < 100; i++) {
    feed (&world, 5 * STEP, 50 * GST_MSECOND);
    world.stamp += 5 * GST_SECOND;
    feed (&world, STEP, 130 * GST_MSECOND);
  }
  g_assert_cmpint (world.shift, ==, 0);

  for (int i = 0; i < 60; i++) {
    feed (&world, STEP, 400 * GST_MSECOND);
    world.stamp += GST_SECOND - STEP;
  }
  g_assert_cmpint (world.shift, >=, 300 * GST_MSECOND);
}

static void
test_clock_that_jumps (void)
{
  Retimer retimer;

  retimer_init (&retimer, BUDGET);
  for (guint i = 0; i < 1000; i++)
    retimer_feed (&retimer, g_test_rand_int () * (guint64) 1000,
        g_test_rand_int () * (guint64) 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/retimer/in-time", test_in_time);
  g_test_add_func ("/retimer/late", test_late);
  g_test_add_func ("/retimer/burst-after-outage", test_burst_after_outage);
  g_test_add_func ("/retimer/few-late-buffers", test_few_late_buffers);
  g_test_add_func ("/retimer/goes-back", test_goes_back);
  g_test_add_func ("/retimer/from-the-future", test_from_the_future);
  g_test_add_func ("/retimer/any-base", test_any_base);
  g_test_add_func ("/retimer/pauses", test_pauses);
  g_test_add_func ("/retimer/clock-that-jumps", test_clock_that_jumps);
  return g_test_run ();
}
