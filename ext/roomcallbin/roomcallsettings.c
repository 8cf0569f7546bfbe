/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomcallsettings.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

#define DEFAULT_LATENCY 50
#define DEFAULT_MAX_PEERS 8
#define DEFAULT_START_BITRATE 2048000
#define DEFAULT_AUDIO_BITRATE 64000
#define DEFAULT_JOIN_TIMEOUT 5000
#define DEFAULT_CALL_TIMEOUT 30000
#define DEFAULT_ICE_TIMEOUT 15000
#define DEFAULT_REJOIN_GRACE 10000

typedef enum {
  RECEIVE_NONE = 0,
  RECEIVE_AUDIO = 1 << 0,
  RECEIVE_VIDEO = 1 << 1,
} Receive;

#define TYPE_RECEIVE (receive_get_type ())

static GType
receive_get_type (void)
{
  static gsize type = 0;
  static const GFlagsValue values[] = {
    { RECEIVE_NONE, "Nothing", "none" },
    { RECEIVE_AUDIO, "Audio", "audio" },
    { RECEIVE_VIDEO, "Video", "video" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_flags_register_static ("GstRoomCallBinReceive", values));
  return type;
}

#define TYPE_ICE_TRANSPORT_POLICY (ice_transport_policy_get_type ())

static GType
ice_transport_policy_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { 0, "All candidates", "all" },
    { 1, "TURN relays only", "relay" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRoomCallBinICETransportPolicy", values));
  return type;
}

#define TYPE_ICE_CANDIDATE_TYPES (ice_candidate_types_get_type ())

static GType
ice_candidate_types_get_type (void)
{
  static gsize type = 0;
  static const GFlagsValue values[] = {
    { ICE_FILTER_NONE, "None", "none" },
    { ICE_FILTER_HOST, "Addresses of this machine", "host" },
    { ICE_FILTER_SRFLX, "What a STUN server sees of us", "srflx" },
    { ICE_FILTER_RELAY, "Addresses at a TURN server", "relay" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_flags_register_static ("GstRoomCallBinICECandidateTypes", values));
  return type;
}

#define TYPE_CALL_POLICY (call_policy_get_type ())

static GType
call_policy_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { CALL_POLICY_AUTO,
        "Call as the application's custom is, accept every call", "auto" },
    { CALL_POLICY_ANSWER, "Call nobody, accept every call", "answer" },
    { CALL_POLICY_MANUAL, "Call nobody, calls wait for the action accept",
        "manual" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstRoomCallBinCallPolicy", values));
  return type;
}

/* Properties of the signaller that may be said on the bin: gst-launch refuses a
 * misspelt one, where a misspelt "signaller::" is kept for ever. */
static const struct {
  const char *name;
  const char *blurb;
  gboolean secret;
  GParamFlags when; /* 0: until READY */
} short_forms[ROOM_CALL_SHORT_FORMS] = {
  { "uri", "Where the signalling server is (NULL = not said)", FALSE },
  { "room",
      "The room to join (NULL = none); another one while we are in a room "
      "moves us there",
      FALSE, GST_PARAM_MUTABLE_PLAYING },
  { "dialect",
      "Which application's signalling is spoken (NULL = the "
      "signaller's default)",
      FALSE },
  { "auth",
      "What the server is told to let us in, as JSON text, or file:/path "
      "or env:NAME that has it (NULL = nothing)",
      TRUE },
  { "display-name", "What others are shown as our name (NULL = none)", FALSE },
  { "user-data", "What others are told about us, as JSON text (NULL = nothing)",
      FALSE },
};

enum {
  SETTING_RECEIVE,
  SETTING_LATENCY,
  SETTING_MIX_SELF_VIEW,
  SETTING_DO_RETRANSMISSION,
  SETTING_ICE_TRANSPORT_POLICY,
  SETTING_ICE_CANDIDATE_TYPES,
  SETTING_ICE_INTERFACES,
  SETTING_STUN_SERVER,
  SETTING_TURN_SERVERS,
  SETTING_ICE_SERVERS,
  SETTING_TURN_CAFILE,
  SETTING_MAX_PEERS,
  SETTING_START_BITRATE,
  SETTING_AUDIO_BITRATE,
  SETTING_JOIN_TIMEOUT,
  SETTING_CALL_POLICY,
  SETTING_CALL_PEER,
  SETTING_ACCEPT_FROM,
  SETTING_MAX_CALLS,
  SETTING_CALL_TIMEOUT,
  SETTING_ICE_TIMEOUT,
  SETTING_REJOIN_GRACE,
  SETTING_STATS_INTERVAL,
  SETTING_SHORT_FORMS, /* and on */
};

/**
 * room_call_settings_init:
 * @self: filled with the defaults
 */
void
room_call_settings_init (RoomCallSettings *self)
{
  *self = (RoomCallSettings){
    .room = {
    .receive_audio = TRUE,
    .receive_video = TRUE,
    .latency = DEFAULT_LATENCY,
    .do_retransmission = TRUE,
    .ice_candidate_types = ICE_FILTER_ALL,
    .max_peers = DEFAULT_MAX_PEERS,
    .join_timeout = DEFAULT_JOIN_TIMEOUT,
    .call_timeout = DEFAULT_CALL_TIMEOUT,
    .ice_timeout = DEFAULT_ICE_TIMEOUT,
    .rejoin_grace = DEFAULT_REJOIN_GRACE,
  },
    .send = {
    .video_bitrate = DEFAULT_START_BITRATE,
    .audio_bitrate = DEFAULT_AUDIO_BITRATE,
  },
  };
}

/**
 * room_call_settings_clear:
 * @self: the settings
 *
 * Frees what they hold.
 */
void
room_call_settings_clear (RoomCallSettings *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (short_forms); i++)
    g_free (self->short_forms[i]);
  room_call_settings_clear_room (&self->room);
  ice_settings_clear (&self->ice);
}

/**
 * room_call_settings_copy_room:
 * @self: the settings; the caller holds the lock over them
 * @copy: (out): what the room is started with
 */
void
room_call_settings_copy_room (const RoomCallSettings *self, RoomSettings *copy)
{
  *copy = self->room;
  copy->ice_interfaces = g_strdup (copy->ice_interfaces);
  copy->calls.call_peer = g_strdup (copy->calls.call_peer);
  copy->calls.accept_from = g_strdup (copy->calls.accept_from);
}

/**
 * room_call_settings_clear_room:
 * @copy: what room_call_settings_copy_room() made
 */
void
room_call_settings_clear_room (RoomSettings *copy)
{
  g_free ((char *) copy->ice_interfaces);
  g_free ((char *) copy->calls.call_peer);
  g_free ((char *) copy->calls.accept_from);
}

static void
set_text (const char **text, const GValue *value)
{
  g_free ((char *) *text);
  *text = g_value_dup_string (value);
}

/**
 * room_call_settings_set:
 * @self: the settings; the caller holds the lock over them
 * @index: a property's id less the first one's
 * @value: its new value
 *
 * Returns: whether there is such a property
 */
gboolean
room_call_settings_set (
    RoomCallSettings *self, guint index, const GValue *value)
{
  switch (index) {
    case SETTING_RECEIVE:
      self->room.receive_audio =
          (g_value_get_flags (value) & RECEIVE_AUDIO) != 0;
      self->room.receive_video =
          (g_value_get_flags (value) & RECEIVE_VIDEO) != 0;
      break;
    case SETTING_LATENCY:
      self->room.latency = g_value_get_uint (value);
      break;
    case SETTING_MIX_SELF_VIEW:
      self->room.mix_self_view = g_value_get_boolean (value);
      break;
    case SETTING_DO_RETRANSMISSION:
      self->room.do_retransmission = g_value_get_boolean (value);
      break;
    case SETTING_ICE_TRANSPORT_POLICY:
      self->room.relay_only = g_value_get_enum (value) == 1;
      break;
    case SETTING_ICE_CANDIDATE_TYPES:
      self->room.ice_candidate_types = (IceFilter) g_value_get_flags (value);
      break;
    case SETTING_ICE_INTERFACES:
      set_text (&self->room.ice_interfaces, value);
      break;
    case SETTING_STUN_SERVER:
      g_free (self->ice.stun_server);
      self->ice.stun_server = g_value_dup_string (value);
      break;
    case SETTING_TURN_SERVERS:
      ice_settings_set_turn_servers (&self->ice, value);
      break;
    case SETTING_ICE_SERVERS:
      g_free (self->ice.ice_servers);
      self->ice.ice_servers = g_value_dup_string (value);
      break;
    case SETTING_TURN_CAFILE:
      g_free (self->ice.turn_cafile);
      self->ice.turn_cafile = g_value_dup_string (value);
      break;
    case SETTING_MAX_PEERS:
      self->room.max_peers = g_value_get_uint (value);
      break;
    case SETTING_START_BITRATE:
      self->send.video_bitrate = g_value_get_uint (value);
      break;
    case SETTING_AUDIO_BITRATE:
      self->send.audio_bitrate = g_value_get_uint (value);
      break;
    case SETTING_JOIN_TIMEOUT:
      self->room.join_timeout = g_value_get_uint (value);
      break;
    case SETTING_CALL_POLICY:
      self->room.calls.mode = (CallPolicyMode) g_value_get_enum (value);
      break;
    case SETTING_CALL_PEER:
      set_text (&self->room.calls.call_peer, value);
      break;
    case SETTING_ACCEPT_FROM:
      set_text (&self->room.calls.accept_from, value);
      break;
    case SETTING_MAX_CALLS:
      self->room.calls.max_calls = g_value_get_uint (value);
      break;
    case SETTING_CALL_TIMEOUT:
      self->room.call_timeout = g_value_get_uint (value);
      break;
    case SETTING_ICE_TIMEOUT:
      self->room.ice_timeout = g_value_get_uint (value);
      break;
    case SETTING_REJOIN_GRACE:
      self->room.rejoin_grace = g_value_get_uint (value);
      break;
    case SETTING_STATS_INTERVAL:
      self->room.stats_interval = g_value_get_uint (value);
      break;
    default:
      if (index - SETTING_SHORT_FORMS >= G_N_ELEMENTS (short_forms))
        return FALSE;
      g_free (self->short_forms[index - SETTING_SHORT_FORMS]);
      self->short_forms[index - SETTING_SHORT_FORMS] =
          g_value_dup_string (value);
      break;
  }
  return TRUE;
}

/* Properties are read into dot files: of an address, the user, the password and
 * the query stay out. Nothing else that is readable has such parts. */
static void
take_public_text (GValue *value, char *text)
{
  g_autoptr (GUri) uri =
      text != NULL ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL) : NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL) {
    g_value_take_string (value, text);
    return;
  }
  g_free (text);
  g_value_take_string (value,
      g_uri_to_string_partial (
          uri, G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY | G_URI_HIDE_FRAGMENT));
}

/**
 * room_call_settings_get:
 * @self: the settings; the caller holds the lock over them
 * @index: a property's id less the first one's
 * @value: takes its value
 *
 * Returns: whether there is such a property
 */
gboolean
room_call_settings_get (
    const RoomCallSettings *self, guint index, GValue *value)
{
  switch (index) {
    case SETTING_RECEIVE:
      g_value_set_flags (value,
          (self->room.receive_audio ? RECEIVE_AUDIO : 0)
              | (self->room.receive_video ? RECEIVE_VIDEO : 0));
      break;
    case SETTING_LATENCY:
      g_value_set_uint (value, self->room.latency);
      break;
    case SETTING_MIX_SELF_VIEW:
      g_value_set_boolean (value, self->room.mix_self_view);
      break;
    case SETTING_DO_RETRANSMISSION:
      g_value_set_boolean (value, self->room.do_retransmission);
      break;
    case SETTING_ICE_TRANSPORT_POLICY:
      g_value_set_enum (value, self->room.relay_only);
      break;
    case SETTING_ICE_CANDIDATE_TYPES:
      g_value_set_flags (value, self->room.ice_candidate_types);
      break;
    case SETTING_ICE_INTERFACES:
      g_value_set_string (value, self->room.ice_interfaces);
      break;
    case SETTING_STUN_SERVER:
      g_value_set_string (value, self->ice.stun_server);
      break;
    case SETTING_TURN_CAFILE:
      g_value_set_string (value, self->ice.turn_cafile);
      break;
    case SETTING_MAX_PEERS:
      g_value_set_uint (value, self->room.max_peers);
      break;
    case SETTING_START_BITRATE:
      g_value_set_uint (value, self->send.video_bitrate);
      break;
    case SETTING_AUDIO_BITRATE:
      g_value_set_uint (value, self->send.audio_bitrate);
      break;
    case SETTING_JOIN_TIMEOUT:
      g_value_set_uint (value, self->room.join_timeout);
      break;
    case SETTING_CALL_POLICY:
      g_value_set_enum (value, self->room.calls.mode);
      break;
    case SETTING_CALL_PEER:
      g_value_set_string (value, self->room.calls.call_peer);
      break;
    case SETTING_ACCEPT_FROM:
      g_value_set_string (value, self->room.calls.accept_from);
      break;
    case SETTING_MAX_CALLS:
      g_value_set_uint (value, self->room.calls.max_calls);
      break;
    case SETTING_CALL_TIMEOUT:
      g_value_set_uint (value, self->room.call_timeout);
      break;
    case SETTING_ICE_TIMEOUT:
      g_value_set_uint (value, self->room.ice_timeout);
      break;
    case SETTING_REJOIN_GRACE:
      g_value_set_uint (value, self->room.rejoin_grace);
      break;
    case SETTING_STATS_INTERVAL:
      g_value_set_uint (value, self->room.stats_interval);
      break;
    default:
      if (index - SETTING_SHORT_FORMS >= G_N_ELEMENTS (short_forms))
        return FALSE;
      take_public_text (
          value, g_strdup (self->short_forms[index - SETTING_SHORT_FORMS]));
      break;
  }
  return TRUE;
}

/**
 * room_call_settings_forward:
 * @self: the settings, which nobody changes meanwhile
 * @signaller: the signaller
 *
 * Gives the signaller what was said on the bin in its stead.
 */
void
room_call_settings_forward (const RoomCallSettings *self, GstElement *signaller)
{
  for (gsize i = 0; i < G_N_ELEMENTS (short_forms); i++) {
    const char *name = short_forms[i].name;

    if (self->short_forms[i] == NULL)
      continue;
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (signaller), name))
      g_object_set (signaller, name, self->short_forms[i], NULL);
    else
      GST_WARNING_OBJECT (signaller, "the signaller has no property %s", name);
  }
}

static void
install_uint (GObjectClass *klass, guint id, const char *name, const char *nick,
    const char *blurb, guint minimum, guint maximum, guint value,
    GParamFlags when)
{
  g_object_class_install_property (klass, id,
      g_param_spec_uint (name, nick, blurb, minimum, maximum, value,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | when));
}

static void
install_call_properties (GObjectClass *klass, guint first_id)
{
  GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  /**
   * GstRoomCallBin:call-policy:
   *
   * Who is called, and whether calls are accepted by themselves; docs/calls.md.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first_id + SETTING_CALL_POLICY,
      g_param_spec_enum ("call-policy", "Call policy",
          "Who is called, and whether calls are accepted by themselves",
          TYPE_CALL_POLICY, CALL_POLICY_AUTO, flags));
  g_object_class_install_property (klass, first_id + SETTING_CALL_PEER,
      g_param_spec_string ("call-peer", "Call peer",
          "Whom to call, and nobody else: a pattern with * and ? for an id or a "
          "display name, in any call-policy (NULL = as call-policy says)",
          NULL, flags));
  /**
   * GstRoomCallBin:accept-from:
   *
   * Whose calls are accepted by themselves: a pattern with * and ? for an id or
   * a display name. Others are rejected, or wait if call-policy is manual. A
   * name is what a peer says of itself, and proves nothing.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first_id + SETTING_ACCEPT_FROM,
      g_param_spec_string ("accept-from", "Accept from",
          "Whose calls are accepted by themselves: a pattern with * and ? for an "
          "id or a display name (NULL = as call-policy says)",
          NULL, flags));
  install_uint (klass, first_id + SETTING_MAX_CALLS, "max-calls",
      "Maximum of calls",
      "How many calls there are at once, before further ones are rejected as "
      "busy and none is made (0 = no limit)",
      0, G_MAXINT, 0, GST_PARAM_MUTABLE_READY);
  install_uint (klass, first_id + SETTING_CALL_TIMEOUT, "call-timeout",
      "Call timeout",
      "How long a call may wait for its answer, on either side, in milliseconds "
      "(0 = for ever)",
      0, G_MAXINT, DEFAULT_CALL_TIMEOUT, GST_PARAM_MUTABLE_READY);
}

/**
 * room_call_settings_install:
 * @klass: the element's class
 * @first_id: the id of the first of the properties
 */
void
room_call_settings_install (GObjectClass *klass, guint first_id)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GParamFlags secret = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  /**
   * GstRoomCallBin:receive:
   *
   * What is taken from the peers. With no inputs and the default the bin is a
   * recorder.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first_id + SETTING_RECEIVE,
      g_param_spec_flags ("receive", "Receive",
          "What is taken from the peers: audio+video, audio, video or none",
          TYPE_RECEIVE, RECEIVE_AUDIO | RECEIVE_VIDEO,
          flags | GST_PARAM_MUTABLE_READY));
  install_uint (klass, first_id + SETTING_LATENCY, "latency", "Latency",
      "How long packets are held back to put them in order, in milliseconds", 0,
      10000, DEFAULT_LATENCY, GST_PARAM_MUTABLE_READY);
  g_object_class_install_property (klass, first_id + SETTING_MIX_SELF_VIEW,
      g_param_spec_boolean ("mix-self-view", "Mix self view",
          "Whether video_mix shows our own picture, too", FALSE,
          flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, first_id + SETTING_DO_RETRANSMISSION,
      g_param_spec_boolean ("do-retransmission", "Do retransmission",
          "Whether lost video packets are asked for again (NACK, RTX)", TRUE,
          flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass,
      first_id + SETTING_ICE_TRANSPORT_POLICY,
      g_param_spec_enum ("ice-transport-policy", "ICE transport policy",
          "Which ways to a peer may be used", TYPE_ICE_TRANSPORT_POLICY, 0,
          flags | GST_PARAM_MUTABLE_READY));
  /**
   * GstRoomCallBin:ice-candidate-types:
   *
   * Which of our own addresses peers are told, by the words of
   * RTCIceCandidateType; docs/ice-servers.md.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass,
      first_id + SETTING_ICE_CANDIDATE_TYPES,
      g_param_spec_flags ("ice-candidate-types", "ICE candidate types",
          "Which of our own addresses peers are told: host+srflx+relay",
          TYPE_ICE_CANDIDATE_TYPES, ICE_FILTER_ALL,
          flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, first_id + SETTING_ICE_INTERFACES,
      g_param_spec_string ("ice-interfaces", "ICE interfaces",
          "Which network interfaces media may use: names with * and ?, with "
          "commas between them, for instance eth0,wlan* (NULL = all)",
          NULL, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, first_id + SETTING_STUN_SERVER,
      g_param_spec_string ("stun-server", "STUN server",
          "stun://host:port that tells our public address (NULL = none)", NULL,
          flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, first_id + SETTING_TURN_SERVERS,
      gst_param_spec_array ("turn-servers", "TURN servers",
          "Relays, as turn://user:password@host:port?transport=udp (or tcp), each "
          "or in its place file:/path or env:NAME that has it; %3A, %40 and %25 "
          "are colons, at signs and percent signs in user and password (empty = "
          "none). Write-only: they are secret",
          g_param_spec_string (
              "turn-server", "TURN server", "An address", NULL, flags),
          secret | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, first_id + SETTING_ICE_SERVERS,
      g_param_spec_string ("ice-servers", "ICE servers",
          "STUN and TURN servers as browsers have them (RTCIceServer), as JSON "
          "text, or file:/path or env:NAME that has it (NULL = none). Write-only: "
          "they are secret",
          NULL, secret | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, first_id + SETTING_TURN_CAFILE,
      g_param_spec_string ("turn-cafile", "TURN CA file",
          "PEM file with the authorities that vouch for turns: servers (NULL = "
          "the system's)",
          NULL, flags | GST_PARAM_MUTABLE_READY));
  install_uint (klass, first_id + SETTING_MAX_PEERS, "max-peers",
      "Maximum of peers",
      "How many members at most are taken note of, in a call or not; further "
      "ones are not called",
      1, 64, DEFAULT_MAX_PEERS, GST_PARAM_MUTABLE_READY);
  install_uint (klass, first_id + SETTING_START_BITRATE, "start-bitrate",
      "Start bit rate",
      "What a video input is encoded with, in bit/s; for inputs that are "
      "requested later",
      1000, G_MAXINT, DEFAULT_START_BITRATE, GST_PARAM_MUTABLE_PLAYING);
  install_uint (klass, first_id + SETTING_AUDIO_BITRATE, "audio-bitrate",
      "Audio bit rate",
      "What an audio input is encoded with, in bit/s; for inputs that are "
      "requested later",
      4000, 650000, DEFAULT_AUDIO_BITRATE, GST_PARAM_MUTABLE_PLAYING);
  install_uint (klass, first_id + SETTING_JOIN_TIMEOUT, "join-timeout",
      "Join timeout",
      "How long joining waits for inputs without media, in milliseconds (0 = "
      "for ever)",
      0, G_MAXINT, DEFAULT_JOIN_TIMEOUT, GST_PARAM_MUTABLE_READY);
  install_call_properties (klass, first_id);
  install_uint (klass, first_id + SETTING_ICE_TIMEOUT, "ice-timeout",
      "ICE timeout",
      "How long a connection may take after the descriptions are exchanged, in "
      "milliseconds (0 = for ever)",
      0, G_MAXINT, DEFAULT_ICE_TIMEOUT, GST_PARAM_MUTABLE_READY);
  install_uint (klass, first_id + SETTING_REJOIN_GRACE, "rejoin-grace",
      "Rejoin grace",
      "How long the slot of a peer that left is kept for it, in milliseconds "
      "(0 = not at all)",
      0, G_MAXINT, DEFAULT_REJOIN_GRACE, GST_PARAM_MUTABLE_READY);
  install_uint (klass, first_id + SETTING_STATS_INTERVAL, "stats-interval",
      "Stats interval",
      "How often a roomcall/stats message is posted, in milliseconds (0 = "
      "never)",
      0, G_MAXINT, 0, GST_PARAM_MUTABLE_READY);
  for (gsize i = 0; i < G_N_ELEMENTS (short_forms); i++)
    g_object_class_install_property (klass, first_id + SETTING_SHORT_FORMS + i,
        g_param_spec_string (short_forms[i].name, short_forms[i].name,
            short_forms[i].blurb, NULL,
            (short_forms[i].secret ? G_PARAM_WRITABLE : G_PARAM_READWRITE)
                | G_PARAM_STATIC_STRINGS
                | (short_forms[i].when != 0 ? short_forms[i].when
                                            : GST_PARAM_MUTABLE_READY)));
}

/**
 * room_call_settings_mark_types:
 *
 * Makes the properties' own types part of what gst-inspect-1.0 documents.
 */
void
room_call_settings_mark_types (void)
{
  gst_type_mark_as_plugin_api (TYPE_RECEIVE, 0);
  gst_type_mark_as_plugin_api (TYPE_ICE_TRANSPORT_POLICY, 0);
  gst_type_mark_as_plugin_api (TYPE_ICE_CANDIDATE_TYPES, 0);
  gst_type_mark_as_plugin_api (TYPE_CALL_POLICY, 0);
}
