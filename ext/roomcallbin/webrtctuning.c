/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webrtctuning.h"

#include <openssl/crypto.h>

/* libnice spaces its connectivity checks by Ta = 20 ms, and needs three ticks
 * for a pair. With 5 ms, the smallest that RFC 8445, section 14.2, allows, a
 * call connects in 30 ms instead of 71 ms. */
#define STUN_PACING_MS 5
/* rtpsession derives the RTCP share from the session's bandwidth, which is
 * unknown: NACKs and key-frame requests are then held back for seconds. With
 * 5 % loss: 4 to 10 frames a second decoded without, 28 to 34 with it. */
#define RTCP_SESSION_BANDWIDTH 4e6
/* Streams (SSRCs) that a peer may send us: a jitter buffer with two threads is
 * made for each. Its description has at most 16 m-lines, each with a stream of
 * retransmissions. */
#define MAX_STREAMS 32

/* A property that can be set at construction only, of an object that webrtcbin
 * constructs; its setter works as long as no stream exists. */
static void
set_construct_only (GObject *object, const char *name)
{
  GParamSpec *pspec =
      g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);
  g_auto (GValue) value = G_VALUE_INIT;
  GObjectClass *klass;

  if (pspec == NULL)
    return;
  klass = g_type_class_peek (pspec->owner_type);
  if (klass == NULL || klass->set_property == NULL)
    return;
  g_value_init (&value, G_TYPE_BOOLEAN);
  g_value_set_boolean (&value, TRUE);
  klass->set_property (object, pspec->param_id, &value, pspec);
}

static void
set_if_known (GObject *object, const char *name, guint value)
{
  GParamSpec *pspec =
      g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);

  if (pspec == NULL)
    return;
  if (pspec->value_type == G_TYPE_BOOLEAN)
    g_object_set (object, name, (gboolean) value, NULL);
  else
    g_object_set (object, name, value, NULL);
}

/**
 * webrtc_tuning_keep_openssl:
 *
 * Has OpenSSL not free what it has when the process exits; before anything else
 * uses it, later it does nothing. OPENSSL_cleanup() of 3.0 goes through what
 * each thread has and frees it, without the lock that a thread holds which does
 * the same as it ends. Streaming threads are of a pool, and nobody waits for
 * their ends: a program that exits just after a call, on a busy machine, was
 * ended by "double free or corruption (fasttop)". With 24 threads that have used
 * OpenSSL and end while the process exits: 35 crashes in 600 runs, 0 with this.
 */
void
webrtc_tuning_keep_openssl (void)
{
  OPENSSL_init_crypto (OPENSSL_INIT_NO_ATEXIT, NULL);
}

/**
 * webrtc_tuning_apply:
 * @webrtcbin: a webrtcbin that was just made
 *
 * - UPnP off: libnice would talk to the LAN's router, open HTTP servers, and
 *   crash in a handler that outlives the leg.
 * - ICE over TCP off: a call over it is worse than over a TURN relay, and it
 *   costs sockets for each address.
 * - Consent freshness (RFC 7675) on: without it, a peer that vanished stays
 *   "connected" for ever; with it, the leg fails after 7 to 10 s.
 * - What one peer's streams may cost has a limit; packets of more are dropped.
 */
void
webrtc_tuning_apply (GstElement *webrtcbin)
{
  g_autoptr (GstElement) rtpbin =
      gst_bin_get_by_name (GST_BIN (webrtcbin), "rtpbin");
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;

  if (rtpbin != NULL)
    set_if_known (G_OBJECT (rtpbin), "max-streams", MAX_STREAMS);
  g_object_get (webrtcbin, "ice-agent", &ice, NULL);
  if (ice == NULL)
    return;
  set_if_known (ice, "ice-tcp", FALSE);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (ice), "agent"))
    g_object_get (ice, "agent", &agent, NULL);
  if (agent == NULL)
    return;
  set_if_known (agent, "upnp", FALSE);
  set_if_known (agent, "stun-pacing-timer", STUN_PACING_MS);
  set_construct_only (agent, "consent-freshness");
}

static GMutex log_lock; /* guards the levels of the logs of TURN servers */

/* Those that write the address of a TURN server, with its password. */
static gboolean
is_log_of_turn_servers (GstDebugCategory *category)
{
  const char *name = gst_debug_category_get_name (category);

  return g_str_equal (name, "webrtcbin") || g_str_equal (name, "webrtcnice")
      || g_str_equal (name, "webrtcice");
}

/**
 * webrtc_tuning_add_turn_server:
 * @webrtcbin: a webrtcbin that was just made
 * @address: of a TURN server, with user and password
 *
 * The property turn-server can be read, so it is in dot files. And at DEBUG level
 * the address is written into the log: for these two lines the level is lowered,
 * in which other ones of that moment may be lost.
 */
void
webrtc_tuning_add_turn_server (GstElement *webrtcbin, const char *address)
{
  GSList *categories = gst_debug_get_all_categories ();
  GstDebugLevel levels[8];
  GstDebugCategory *quiet[G_N_ELEMENTS (levels)];
  guint n = 0;
  gboolean added = FALSE;

  g_mutex_lock (&log_lock);
  for (GSList *l = categories; l != NULL && n < G_N_ELEMENTS (levels);
       l = l->next) {
    if (!is_log_of_turn_servers (l->data)
        || gst_debug_category_get_threshold (l->data) <= GST_LEVEL_INFO)
      continue;
    quiet[n] = l->data;
    levels[n] = gst_debug_category_get_threshold (l->data);
    gst_debug_category_set_threshold (quiet[n++], GST_LEVEL_INFO);
  }
  g_signal_emit_by_name (webrtcbin, "add-turn-server", address, &added);
  for (guint i = 0; i < n; i++)
    gst_debug_category_set_threshold (quiet[i], levels[i]);
  g_mutex_unlock (&log_lock);
  g_slist_free (categories);
}

/**
 * webrtc_tuning_raise_rtcp_bandwidth:
 * @webrtcbin: a webrtcbin that has its descriptions
 *
 * Lets lost packets and key frames be asked for when they are missed, not when
 * a derived budget allows it.
 */
void
webrtc_tuning_raise_rtcp_bandwidth (GstElement *webrtcbin)
{
  g_autoptr (GstElement) rtpbin =
      gst_bin_get_by_name (GST_BIN (webrtcbin), "rtpbin");
  g_autoptr (GObject) session = NULL;

  if (rtpbin == NULL)
    return;
  g_signal_emit_by_name (rtpbin, "get-internal-session", 0, &session);
  if (session != NULL)
    g_object_set (session, "bandwidth", (gdouble) RTCP_SESSION_BANDWIDTH, NULL);
}

/**
 * webrtc_tuning_set_send_latency:
 * @webrtcbin: a webrtcbin that is about to send
 *
 * rtpsession must be told a latency to date the packets in its sender reports,
 * by which receivers synchronise sound and picture (RFC 3550, section 6.4.1). The
 * pipeline's event ends at the transport's sink. What is sent goes out as it
 * comes, so it is none.
 */
void
webrtc_tuning_set_send_latency (GstElement *webrtcbin)
{
  g_autoptr (GstElement) rtpbin =
      gst_bin_get_by_name (GST_BIN (webrtcbin), "rtpbin");

  for (guint session = 0; rtpbin != NULL; session++) {
    g_autofree char *name = g_strdup_printf ("send_rtp_src_%u", session);
    g_autoptr (GstPad) pad = gst_element_get_static_pad (rtpbin, name);

    if (pad == NULL)
      break;
    gst_pad_send_event (pad, gst_event_new_latency (0));
  }
}

/**
 * webrtc_tuning_get_transport:
 * @webrtcbin: a webrtcbin with one transport (max-bundle)
 *
 * Returns: (transfer full) (nullable): its GstWebRTCDTLSTransport
 */
GObject *
webrtc_tuning_get_transport (GstElement *webrtcbin)
{
  g_autoptr (GArray) transceivers = NULL;
  GObject *transport = NULL;

  g_signal_emit_by_name (webrtcbin, "get-transceivers", &transceivers);
  for (guint i = 0;
       transceivers != NULL && transport == NULL && i < transceivers->len;
       i++) {
    GObject *transceiver = g_array_index (transceivers, GObject *, i);
    g_autoptr (GObject) receiver = NULL;

    g_object_get (transceiver, "receiver", &receiver, NULL);
    if (receiver != NULL)
      g_object_get (receiver, "transport", &transport, NULL);
  }
  return transport;
}

/**
 * webrtc_tuning_say_goodbye:
 * @webrtcbin: a connected webrtcbin
 *
 * Closes the DTLS connection with a close_notify (RFC 8446, section 6.1), as a
 * browser's pc.close() does. webrtcbin itself just stops, and the peer finds out
 * by the silence. dtlsenc says it when its data end.
 */
void
webrtc_tuning_say_goodbye (GstElement *webrtcbin)
{
  g_autoptr (GstIterator) it = gst_bin_iterate_all_by_element_factory_name (
      GST_BIN (webrtcbin), "dtlsenc");
  g_auto (GValue) item = G_VALUE_INIT;

  while (gst_iterator_next (it, &item) == GST_ITERATOR_OK) {
    g_autoptr (GstPad) sink =
        gst_element_get_static_pad (g_value_get_object (&item), "sink");

    if (sink != NULL)
      gst_pad_send_event (sink, gst_event_new_eos ());
    g_value_reset (&item);
  }
}

typedef struct {
  GFunc func;
  gpointer data;
  GMutex lock;
  GCond cond;
  gboolean done; /* guarded by lock */
} ClockCall;

static gboolean
run_clock_call (
    GstClock *clock, GstClockTime time, GstClockID id, gpointer data)
{
  ClockCall *call = data;

  call->func (call->data, NULL);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
  return TRUE;
}

/**
 * webrtc_tuning_free_on_clock:
 * @func: called once, before this returns
 * @data: handed to @func
 *
 * Where the last references to a webrtcbin and its pads are to be dropped: on
 * the thread of the system clock. dtlsdec and dtlsenc of 1.22 connect to the
 * DTLS connection, which they share, with g_signal_connect_object(). For each
 * flight of the handshake the connection has a timer on the system clock that
 * holds it, for a second or more. When the timer drops the last reference while
 * an element is disposed of elsewhere, GObject aborts the program: of 300
 * connections freed a second after they began, one or more did. On the timers'
 * own thread the two cannot meet. Upstream 1dba9e65fa (2026) disconnects.
 */
void
webrtc_tuning_free_on_clock (GFunc func, gpointer data)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GstClockID id =
      gst_clock_new_single_shot_id (clock, gst_clock_get_time (clock));
  ClockCall call = { .func = func, .data = data };

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  gst_clock_id_wait_async (id, run_clock_call, &call, NULL);
  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);
  gst_clock_id_unref (id);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.cond);
}

static gpointer
make_certificate (gpointer data)
{
  g_autoptr (GstElement) dtlsdec = gst_element_factory_make ("dtlsdec", NULL);
  g_autofree char *pem = NULL;

  if (dtlsdec != NULL) {
    gst_object_ref_sink (dtlsdec);
    g_object_get (dtlsdec, "pem", &pem, NULL);
  }
  return NULL;
}

static GMutex warm_up_lock; /* guards what follows */
static gboolean warmed_up;
static GThread *warm_up_thread; /* until it is joined */

/**
 * webrtc_tuning_warm_up:
 *
 * To be called before anything of webrtcbin.
 *
 * The process' RSA key is made inside the first call, which waits for it before it
 * can offer anything. How long that takes is chance: 95 to 400 ms (30 runs), 170 to
 * 1040 ms on a core that two other programs want (25 runs). Of first calls there, some
 * took 1.7 s to be connected, of 48 later ones none more than 0.26 s. This makes it
 * ahead, on a thread of its own.
 *
 * Up to 1.26 no P-256 key of ours, which takes 1 to 2 ms, spares that wait:
 * gst_dtls_dec_init() makes the RSA one before a property can be set. With "pem"
 * webrtcbin would, besides, hash certificate and private key together for its
 * a=fingerprint, and the key would be in verbose dot files and in the messages by
 * which gst-launch-1.0 -v prints properties. 1.28 makes a P-256 key itself.
 */
void
webrtc_tuning_warm_up (void)
{
  g_mutex_lock (&warm_up_lock);
  if (!warmed_up)
    warm_up_thread = g_thread_new ("dtls-warm-up", make_certificate, NULL);
  warmed_up = TRUE;
  g_mutex_unlock (&warm_up_lock);
}

/**
 * webrtc_tuning_finish:
 *
 * Waits for the end of webrtc_tuning_warm_up(): a program that exits meanwhile
 * crashes if OpenSSL cleans up at exit what the thread uses, as it does where
 * somebody else was first to use it.
 */
void
webrtc_tuning_finish (void)
{
  g_mutex_lock (&warm_up_lock);
  g_clear_pointer (&warm_up_thread, g_thread_join);
  g_mutex_unlock (&warm_up_lock);
}
