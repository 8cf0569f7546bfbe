/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"
#include "roomcontract.h"

#include <string.h>

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

/* A member whose every word is the test's. */
typedef struct {
  LoopbackSignaller *signaller;

  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  char *peer; /* the last one that joined or wrote */
  char *offer;
  char *answer;
  guint n_ended;
} Fake;

static void
on_peer_joined (LoopbackSignaller *signaller, const char *id, const char *role,
    const GstStructure *info, Fake *fake)
{
  g_mutex_lock (&fake->lock);
  g_free (fake->peer);
  fake->peer = g_strdup (id);
  g_cond_broadcast (&fake->cond);
  g_mutex_unlock (&fake->lock);
}

static void
on_description (LoopbackSignaller *signaller, const char *id, const char *type,
    const char *sdp, Fake *fake)
{
  char **text = g_str_equal (type, "offer") ? &fake->offer : &fake->answer;

  g_mutex_lock (&fake->lock);
  g_free (*text);
  *text = g_strdup (sdp);
  g_cond_broadcast (&fake->cond);
  g_mutex_unlock (&fake->lock);
}

static void
on_call_ended (LoopbackSignaller *signaller, const char *id, const char *reason,
    Fake *fake)
{
  g_mutex_lock (&fake->lock);
  fake->n_ended++;
  g_cond_broadcast (&fake->cond);
  g_mutex_unlock (&fake->lock);
}

static Fake *
fake_join (const char *room)
{
  Fake *fake = g_new0 (Fake, 1);

  g_mutex_init (&fake->lock);
  g_cond_init (&fake->cond);
  fake->signaller =
      gst_object_ref_sink (g_object_new (TYPE_LOOPBACK_SIGNALLER, NULL));
  g_object_set (fake->signaller, "room", room, NULL);
  g_signal_connect (fake->signaller, ROOM_SIGNAL_PEER_JOINED,
      G_CALLBACK (on_peer_joined), fake);
  g_signal_connect (fake->signaller, ROOM_SIGNAL_DESCRIPTION,
      G_CALLBACK (on_description), fake);
  g_signal_connect (fake->signaller, ROOM_SIGNAL_CALL_ENDED,
      G_CALLBACK (on_call_ended), fake);
  gst_element_set_state (GST_ELEMENT (fake->signaller), GST_STATE_PLAYING);
  return fake;
}

static void
fake_leave (Fake *fake)
{
  gst_element_set_state (GST_ELEMENT (fake->signaller), GST_STATE_NULL);
  /* Its thread may be in a handler. */
  loopback_signaller_shutdown ();
  g_signal_handlers_disconnect_by_data (fake->signaller, fake);
  gst_object_unref (fake->signaller);
  g_mutex_clear (&fake->lock);
  g_cond_clear (&fake->cond);
  g_free (fake->peer);
  g_free (fake->offer);
  g_free (fake->answer);
  g_free (fake);
}

/* Returns: a copy of *@text once it is there */
static char *
fake_wait (Fake *fake, char *const *text)
{
  gint64 deadline = test_deadline (30);
  char *copy;

  g_mutex_lock (&fake->lock);
  while (
      *text == NULL && g_cond_wait_until (&fake->cond, &fake->lock, deadline))
    ;
  copy = g_strdup (*text);
  g_mutex_unlock (&fake->lock);
  fail_unless (copy != NULL, "the fake was told nothing");
  return copy;
}

static void
fake_forget (Fake *fake, char **text)
{
  g_mutex_lock (&fake->lock);
  g_clear_pointer (text, g_free);
  g_mutex_unlock (&fake->lock);
}

static void
fake_send (Fake *fake, const char *type, const char *sdp)
{
  g_autofree char *peer = fake_wait (fake, &fake->peer);

  g_signal_emit_by_name (
      fake->signaller, ROOM_ACTION_SEND_DESCRIPTION, peer, type, sdp);
}

static void
fake_send_candidate (Fake *fake, const char *candidate)
{
  g_autofree char *peer = fake_wait (fake, &fake->peer);

  g_signal_emit_by_name (fake->signaller, ROOM_ACTION_SEND_CANDIDATE, peer, 0,
      "audio0", candidate);
}

static char *
replace (const char *text, const char *pattern, const char *with)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);

  return g_regex_replace (regex, text, -1, 0, with, 0, NULL);
}

/* An offer as a foreign program's: of another member, and a new connection. */
static char *
make_foreign (const char *offer, guint n)
{
  g_autofree char *member =
      replace (offer, "^a=x-roomcall-member:.*\\r\\n", "");
  g_autofree char *leg =
      g_strdup_printf ("a=x-roomcall-leg:%016x\r\n", 0xabc000 + n);

  return replace (member, "^a=x-roomcall-leg:.*\\r\\n", leg);
}

static char *
get_reason (CallMember *member, const char *state)
{
  g_autoptr (GstStructure) message =
      call_member_get_message (member, "roomcall/peer-state", "state", state);

  fail_unless (message != NULL, "nobody is %s", state);
  return g_strdup (gst_structure_get_string (message, "reason"));
}

static void
check_failed (CallMember *member, guint seconds, const char *words)
{
  g_autofree char *reason = NULL;

  fail_unless (call_member_wait (member, "roomcall/peer-state", "state",
                   "failed", test_deadline (seconds)),
      "nobody failed");
  reason = get_reason (member, "failed");
  fail_unless (reason != NULL && strstr (reason, words) != NULL,
      "the reason is: %s", reason);
}

static void
make_pair (
    const char *room, const char *properties, CallMember **a, CallMember **b)
{
  *a = call_check_member (room, properties, INPUTS (440));
  *b = call_check_member (room, properties, INPUTS (880));
  call_member_play (*a);
  call_member_play (*b);
  call_check_connected (*a, 1);
  call_check_connected (*b, 1);
}

#define NOTHING "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"

static const char *const nonsense[] = { "", "v=0", "nonsense", "v=0\r\nm=",
  NOTHING "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n",
  NOTHING "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:x\r\n"
          "a=ice-pwd:y\r\na=setup:actpass\r\n" };

/* Descriptions and candidates that mean nothing. */
GST_START_TEST (test_nonsense)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autofree char *huge = g_strnfill (3 * 1024 * 1024, 'a');
  g_autofree char *long_candidate = g_strnfill (64 * 1024, 'a');
  g_autofree char *offer = NULL;
  g_autofree char *answer = NULL;
  Fake *fake;

  TEST_WATCHDOG (120);
  fake = fake_join ("nonsense");
  a = call_check_member ("nonsense", "", INPUTS (440));
  call_member_play (a);
  /* Answers that mean nothing end the call that we offered. */
  offer = fake_wait (fake, &fake->offer);
  fake_send (fake, "answer", "v=0\r\nnonsense");
  check_failed (a, 20, "cannot be used");
  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    fake_send (fake, "offer", nonsense[i]);
  fake_send (fake, "offer", huge);
  fake_send (fake, "answer", nonsense[0]);
  fake_send (fake, "neither", offer);
  for (guint i = 0; i < 2000; i++)
    fake_send_candidate (fake, i % 2 ? "nonsense" : long_candidate);
  fail_unless (call_member_wait_count (a, "roomcall/warning", NULL, NULL,
      1 + G_N_ELEMENTS (nonsense) + 3, test_deadline (30)));
  /* Nothing at all is something else: it is answered as it is, and, as nothing
   * follows, offered what there is. */
  fake_forget (fake, &fake->offer);
  fake_send (fake, "offer", NOTHING);
  answer = fake_wait (fake, &fake->answer);
  fail_unless (
      strstr (answer, "m=") == NULL, "nothing was answered: %s", answer);
  g_free (offer);
  offer = fake_wait (fake, &fake->offer);

  b = call_check_member ("nonsense", "", INPUTS (880));
  call_member_play (b);
  call_check_pair (a, b);
  fail_unless_equals_int (call_check_count (a, "webrtcbin"), 2);
  fake_leave (fake);
}
GST_END_TEST

static char *
tamper (const char *from, const char *kind, const char *text, gpointer data)
{
  return replace (
      text, "^a=fingerprint:sha-256 ..", "a=fingerprint:sha-256 00");
}

static guint64
count_changes (CallMember *member, const char *pad)
{
  MediaReading reading;

  media_meter_read (call_member_get_meter (member, pad), &reading);
  return reading.changed;
}

/* Someone else than the signalling names: nothing flows, either way. */
GST_START_TEST (test_fingerprint)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  MediaReading reading;

  TEST_WATCHDOG (90);
  a = call_check_member ("fingerprint", "", INPUTS (440));
  b = call_check_member ("fingerprint", "", INPUTS (880));
  loopback_signaller_set_filter (call_member_get_signaller (b), tamper, NULL);
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  check_failed (a, 30, "certificate");
  fail_unless (call_member_wait (
      b, "roomcall/peer-state", "state", "closed", test_deadline (10)));
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-state", "state", "connected"), 0);
  /* The one who is not believed believed the other: nothing came, still. */
  fail_unless_equals_uint64 (count_changes (a, "video_mix"), 0);
  fail_unless_equals_uint64 (count_changes (b, "video_mix"), 0);
  media_meter_read (call_member_get_meter (a, "audio_mix"), &reading);
  fail_unless (reading.peak < MEDIA_METER_HEARD);
  media_meter_read (call_member_get_meter (b, "audio_mix"), &reading);
  fail_unless (reading.peak < MEDIA_METER_HEARD);
}
GST_END_TEST

GST_START_TEST (test_no_answer)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  Fake *fake;

  TEST_WATCHDOG (90);
  make_pair ("no-answer", "call-timeout=8000", &a, &b);
  fake = fake_join ("no-answer");
  loopback_signaller_set_called (fake->signaller, TRUE);
  gst_element_set_state (GST_ELEMENT (fake->signaller), GST_STATE_NULL);
  gst_element_set_state (GST_ELEMENT (fake->signaller), GST_STATE_PLAYING);
  check_failed (a, 30, "call-timeout");
  check_failed (b, 30, "call-timeout");
  call_check_pair (a, b);
  fake_leave (fake);
}
GST_END_TEST

static char *
drop_candidates (
    const char *from, const char *kind, const char *text, gpointer data)
{
  return g_str_equal (kind, "candidate")
      ? NULL
      : replace (text, "^a=candidate:.*\\r\\n", "");
}

GST_START_TEST (test_no_path)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (90);
  make_pair ("no-path", "ice-timeout=6000", &a, &b);
  call_member_forget (a);
  /* It finds out later than they do, and does not tell them first. */
  c = call_check_member ("no-path", "ice-timeout=20000", INPUTS (1320));
  loopback_signaller_set_filter (
      call_member_get_signaller (c), drop_candidates, NULL);
  loopback_signaller_set_filter (
      call_member_get_signaller (a), drop_candidates, NULL);
  loopback_signaller_set_filter (
      call_member_get_signaller (b), drop_candidates, NULL);
  call_member_play (c);
  check_failed (a, 30, "ice-timeout");
  /* It was connecting to both, and is told by them or finds out. */
  fail_unless (call_member_wait_count (
      c, "roomcall/peer-state", NULL, NULL, 4, test_deadline (20)));
  fail_unless_equals_int (
      call_member_count (c, "roomcall/peer-state", "state", "connected"), 0);
  call_check_pair (a, b);
}
GST_END_TEST

/* A page that is to accept a call drops what comes before, and has no address
 * that means anything to us. */
static char *
drop_before_answer (
    const char *from, const char *kind, const char *text, gpointer data)
{
  gint *answered = data;

  return g_atomic_int_get (answered) ? g_strdup (text)
                                     : drop_candidates (from, kind, text, NULL);
}

static char *
drop_and_answer (
    const char *from, const char *kind, const char *text, gpointer data)
{
  gint *answered = data;

  if (g_str_equal (kind, "answer"))
    g_atomic_int_set (answered, TRUE);
  return drop_candidates (from, kind, text, NULL);
}

GST_START_TEST (test_late_listener)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  gint answered = FALSE;

  TEST_WATCHDOG (90);
  a = call_check_member ("late-listener", "", INPUTS (440));
  b = call_check_member ("late-listener", "", INPUTS (880));
  loopback_signaller_set_filter (
      call_member_get_signaller (a), drop_and_answer, &answered);
  loopback_signaller_set_filter (
      call_member_get_signaller (b), drop_before_answer, &answered);
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  call_check_pair (a, b);
}
GST_END_TEST

static void
add_element (const GValue *item, gpointer list)
{
  g_ptr_array_add (list, g_value_dup_object (item));
}

/* All of them, before the member notices what happens to the first. */
static void
kill_webrtcbins (CallMember *member)
{
  g_autoptr (GPtrArray) webrtcbins =
      g_ptr_array_new_with_free_func (gst_object_unref);
  g_autoptr (GstIterator) it = gst_bin_iterate_all_by_element_factory_name (
      GST_BIN (call_member_get_call (member)), "webrtcbin");

  gst_iterator_foreach (it, add_element, webrtcbins);
  for (guint i = 0; i < webrtcbins->len; i++) {
    GstElement *webrtcbin = g_ptr_array_index (webrtcbins, i);

    gst_element_set_locked_state (webrtcbin, TRUE);
    gst_element_set_state (webrtcbin, GST_STATE_NULL);
  }
}

/* Of a program that was killed, nothing comes any more. */
static char *
say_while_alive (
    const char *from, const char *kind, const char *text, gpointer killed)
{
  return g_atomic_int_get ((gint *) killed) ? NULL : g_strdup (text);
}

/* A peer whose program was killed: it says nothing, and is gone. */
GST_START_TEST (test_disappears)
{
  gint killed = FALSE;
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (120);
  make_pair ("disappears", "call-timeout=8000", &a, &b);
  c = call_check_member ("disappears", "", INPUTS (1320));
  loopback_signaller_set_filter (
      call_member_get_signaller (c), say_while_alive, &killed);
  call_member_play (c);
  call_check_connected (a, 2);
  call_check_connected (b, 2);
  call_check_hears (a, "audio_mix", CALL_TONE_880 | CALL_TONE_1320);
  g_atomic_int_set (&killed, TRUE);
  kill_webrtcbins (c);
  fail_unless (call_member_wait (
      a, "roomcall/peer-state", "state", "disconnected", test_deadline (30)));
  fail_unless (call_member_wait (
      a, "roomcall/peer-state", "state", "reconnecting", test_deadline (30)));
  check_failed (a, 30, "call-timeout");
  call_check_pair (a, b);
}
GST_END_TEST

/* Offers that the peer cannot mean: a flood of one, and of new connections. */
GST_START_TEST (test_flood)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autofree char *offer = NULL;
  guint most = 0;
  Fake *fake;

  TEST_WATCHDOG (150);
  fake = fake_join ("flood");
  make_pair ("flood", "ice-timeout=5000", &a, &b);
  {
    g_autofree char *own = fake_wait (fake, &fake->offer);

    offer = make_foreign (own, 0);
  }
  for (guint i = 0; i < 100; i++)
    fake_send (fake, "offer", offer);
  for (guint i = 0; i < 100; i++) {
    g_autofree char *other = make_foreign (offer, i + 1);

    fake_send (fake, "offer", other);
    most = MAX (most, call_check_count (b, "webrtcbin"));
  }
  check_failed (b, 30, "");
  call_check_pair (a, b);
  /* Nine at once, one a second, each for up to 5 s; and the one with a. */
  fail_unless (most < 16, "a flood made %u connections", most);
  /* The last ones are gone soon. */
  while (call_check_count (b, "webrtcbin") > 1)
    call_check_moving (b, "video_mix");
  fake_leave (fake);
}
GST_END_TEST

typedef struct {
  GMutex lock;
  char *offer; /* guarded by lock */
} Recorded;

static char *
record_offer (
    const char *from, const char *kind, const char *text, gpointer data)
{
  Recorded *recorded = data;

  g_mutex_lock (&recorded->lock);
  if (g_str_equal (kind, "offer")) {
    g_free (recorded->offer);
    recorded->offer = g_strdup (text);
  }
  g_mutex_unlock (&recorded->lock);
  return g_strdup (text);
}

/* Someone forges a new connection in a peer's name: it costs that peer alone, and
 * its call is made anew. */
GST_START_TEST (test_forged)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;
  g_autofree char *leg = NULL;
  g_autofree char *fingerprint = NULL;
  g_autofree char *forged = NULL;
  g_autoptr (GstStructure) state = NULL;
  Recorded recorded = { 0 };

  TEST_WATCHDOG (120);
  g_mutex_init (&recorded.lock);
  make_pair ("forged", "ice-timeout=6000", &a, &b);
  call_member_forget (b);
  c = call_check_member ("forged", "ice-timeout=6000", INPUTS (1320));
  loopback_signaller_set_filter (
      call_member_get_signaller (c), record_offer, &recorded);
  call_member_play (c);
  call_check_connected (c, 2);
  call_check_connected (b, 1);
  state =
      call_member_get_message (b, "roomcall/peer-state", "state", "connected");
  g_mutex_lock (&recorded.lock);
  leg = replace (
      recorded.offer, "^a=x-roomcall-leg:.*$", "a=x-roomcall-leg:0123abcd");
  g_mutex_unlock (&recorded.lock);
  fingerprint =
      replace (leg, "^a=fingerprint:sha-256 ..", "a=fingerprint:sha-256 00");
  forged =
      replace (fingerprint, "^a=ice-ufrag:.*$", "a=ice-ufrag:forgedforged");
  g_signal_emit_by_name (call_member_get_signaller (b), ROOM_SIGNAL_DESCRIPTION,
      gst_structure_get_string (state, "peer-id"), "offer", forged);
  fail_unless (call_member_wait (
      b, "roomcall/peer-state", "state", "reconnecting", test_deadline (20)));
  /* To the others c is who it was. */
  call_check_hears (a, "audio_mix", CALL_TONE_880 | CALL_TONE_1320);
  call_check_connected (b, 2);
  call_check_hears (b, "audio_mix", CALL_TONE_440 | CALL_TONE_1320);
  call_check_hears (c, "audio_mix", CALL_TONE_440 | CALL_TONE_880);
  g_free (recorded.offer);
  g_mutex_clear (&recorded.lock);
}
GST_END_TEST

static Suite *
badpeer_suite (void)
{
  Suite *suite = suite_create ("badpeer");
  TCase *tc = tcase_create ("badpeer");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_nonsense);
  tcase_add_test (tc, test_fingerprint);
  tcase_add_test (tc, test_no_answer);
  tcase_add_test (tc, test_no_path);
  tcase_add_test (tc, test_late_listener);
  tcase_add_test (tc, test_disappears);
  tcase_add_test (tc, test_flood);
  tcase_add_test (tc, test_forged);
  return suite;
}

TEST_CHECK_MAIN (badpeer)
