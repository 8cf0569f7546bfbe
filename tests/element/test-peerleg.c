/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/peerleg.h"

#include "ext/roomcallbin/gstroomcallbin.h"

#include "common/testcheck.h"

/* A leg's owner, and what is left of it. */
typedef struct {
  GstElement *pipeline;
  LoopThread *loop;
  char *offer;
  LegAddresses addresses;
  PeerLeg *leg;
  guint n_legs;
  GMutex lock; /* guards what follows */
  GCond cond;
  guint n_retired;
  guint n_elements;
  char *said; /* the last description, or why it failed */
} World;

static void
on_gone (gpointer data, GObject *where)
{
  World *world = data;

  g_mutex_lock (&world->lock);
  world->n_elements--;
  g_cond_signal (&world->cond);
  g_mutex_unlock (&world->lock);
}

static void
on_element_added (
    GstBin *bin, GstBin *parent, GstElement *element, World *world)
{
  g_mutex_lock (&world->lock);
  world->n_elements++;
  g_mutex_unlock (&world->lock);
  g_object_weak_ref (G_OBJECT (element), on_gone, world);
}

static void
world_init (World *world)
{
  g_autoptr (GstBus) bus = NULL;
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data",
      "sdp", "real", "chromium-156-mesh-offer.sdp", NULL);

  /* It has the debug category. */
  GST_ELEMENT_REGISTER (roomcallbin, NULL);
  g_mutex_init (&world->lock);
  g_cond_init (&world->cond);
  fail_unless (g_file_get_contents (path, &world->offer, NULL, NULL));
  world->addresses.turn = ice_servers_new ();
  world->loop = loop_thread_new ("legs");
  world->pipeline = gst_pipeline_new (NULL);
  bus = gst_element_get_bus (world->pipeline);
  g_signal_connect (world->pipeline, "deep-element-added",
      G_CALLBACK (on_element_added), world);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
  /* Messages hold who sent them. */
  gst_bus_set_flushing (bus, TRUE);
}

static void
world_clear (World *world)
{
  loop_thread_free (world->loop);
  gst_element_set_state (world->pipeline, GST_STATE_NULL);
  gst_object_unref (world->pipeline);
  ice_servers_free (world->addresses.turn);
  g_free (world->offer);
  g_free (world->said);
  g_mutex_clear (&world->lock);
  g_cond_clear (&world->cond);
}

static void
send_description (PeerLeg *leg, SdpType type, const char *sdp, gpointer data)
{
  World *world = data;

  g_mutex_lock (&world->lock);
  g_free (world->said);
  world->said = g_strdup (sdp);
  g_cond_signal (&world->cond);
  g_mutex_unlock (&world->lock);
}

static void
send_candidate (PeerLeg *leg, guint mline, const char *mid,
    const char *candidate, gpointer data)
{
}

static void
ignore_leg (PeerLeg *leg, gpointer data)
{
}

static void
track_added (PeerLeg *leg, RecvBranch *track, gpointer data)
{
}

static void
failed (PeerLeg *leg, const GError *error, gpointer data)
{
  send_description (leg, SDP_ANSWER, error->message, data);
}

static const PeerLegFuncs leg_funcs = {
  .send_description = send_description,
  .send_candidate = send_candidate,
  .connecting = ignore_leg,
  .connected = ignore_leg,
  .renegotiated = ignore_leg,
  .track_added = track_added,
  .failed = failed,
};

static gboolean
take_offer (gpointer data)
{
  World *world = data;
  g_autoptr (GError) error = NULL;
  SdpDescription *offer = sdp_gate_check (
      SDP_OFFER, world->offer, peer_leg_get_remote (world->leg), &error);

  g_assert_no_error (error);
  peer_leg_take_description (world->leg, offer);
  return G_SOURCE_REMOVE;
}

static gboolean
begin (gpointer data)
{
  World *world = data;
  g_autofree char *name = g_strdup_printf ("leg-%u", world->n_legs++);
  PeerLegSettings settings = {
    .receive_audio = TRUE,
    .receive_video = TRUE,
    .trickle = TRUE,
    .candidate_types = ICE_FILTER_ALL,
    .addresses = &world->addresses,
    .member = "0123456789abcdef0123456789abcdef",
  };
  g_autoptr (GError) error = NULL;

  world->leg = peer_leg_new (world->loop, GST_BIN (world->pipeline), name,
      &settings, &leg_funcs, world, &error);
  g_assert_no_error (error);
  return take_offer (world);
}

static void
on_retired (gpointer data)
{
  World *world = data;

  g_mutex_lock (&world->lock);
  world->n_retired++;
  g_cond_signal (&world->cond);
  g_mutex_unlock (&world->lock);
}

static gboolean
end (gpointer data)
{
  World *world = data;

  peer_leg_retire (g_steal_pointer (&world->leg), 2000, on_retired, world);
  return G_SOURCE_REMOVE;
}

/* What webrtcbin has only begun with goes with it: an element that it adds while
 * it is stopped ran on, and held the program at its end. */
GST_START_TEST (test_retired_at_any_moment)
{
  World world = { NULL };
  gint64 deadline;

  TEST_WATCHDOG (100);
  world_init (&world);
  for (guint i = 0; i < 400; i++) {
    gint64 due;

    fail_unless (loop_thread_call (world.loop, begin, &world, -1));
    due = g_get_monotonic_time () + i % 60 * 25;
    while (g_get_monotonic_time () < due)
      g_thread_yield ();
    fail_unless (loop_thread_call (world.loop, end, &world, -1));
  }
  deadline = test_deadline (25);
  g_mutex_lock (&world.lock);
  while ((world.n_retired < world.n_legs || world.n_elements > 0)
      && g_cond_wait_until (&world.cond, &world.lock, deadline))
    ;
  fail_unless_equals_int (world.n_retired, world.n_legs);
  fail_unless_equals_int (world.n_elements, 0);
  g_mutex_unlock (&world.lock);
  world_clear (&world);
}
GST_END_TEST;

/* Returns: (transfer full): what the leg says to its offer */
static char *
wait_said (World *world)
{
  gint64 deadline = test_deadline (20);
  char *said;

  g_mutex_lock (&world->lock);
  while (world->said == NULL
      && g_cond_wait_until (&world->cond, &world->lock, deadline))
    ;
  said = g_steal_pointer (&world->said);
  g_mutex_unlock (&world->lock);
  fail_unless (said != NULL, "nothing was answered");
  return said;
}

static char *
replace (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);

  return g_strjoinv (to, parts);
}

/* A page that puts the call on hold, and what becomes of that. */
GST_START_TEST (test_directions_change)
{
  static const struct {
    const char *offered;
    const char *answered;
  } steps[] = {
    { "a=inactive\r\n", "a=inactive\r\n" },
    { "a=sendrecv\r\n", "a=recvonly\r\n" },
    { "a=inactive\r\n", "a=inactive\r\n" },
    { "a=sendonly\r\n", "a=recvonly\r\n" },
    { "a=recvonly\r\n", "a=inactive\r\n" },
  };
  World world = { NULL };
  g_autofree char *original = NULL;

  TEST_WATCHDOG (60);
  world_init (&world);
  original = g_strdup (world.offer);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *said = NULL;

    g_free (world.offer);
    world.offer = replace (original, "a=sendrecv\r\n", steps[i].offered);
    fail_unless (
        loop_thread_call (world.loop, i == 0 ? begin : take_offer, &world, -1));
    said = wait_said (&world);
    fail_unless (strstr (said, steps[i].answered) != NULL,
        "step %u was answered with: %s", i, said);
  }
  fail_unless (loop_thread_call (world.loop, end, &world, -1));
  g_mutex_lock (&world.lock);
  while (world.n_elements > 0
      && g_cond_wait_until (&world.cond, &world.lock, test_deadline (20)))
    ;
  g_mutex_unlock (&world.lock);
  world_clear (&world);
}
GST_END_TEST;

static Suite *
peerleg_suite (void)
{
  Suite *suite = suite_create ("peerleg");
  TCase *tc = tcase_create ("peerleg");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 110);
  tcase_add_test (tc, test_retired_at_any_moment);
  tcase_add_test (tc, test_directions_change);
  return suite;
}

TEST_CHECK_MAIN (peerleg)
