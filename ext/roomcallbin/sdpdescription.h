/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/sdp/sdp.h>

#include "mediakind.h"

G_BEGIN_DECLS

typedef enum {
  SDP_OFFER,
  SDP_ANSWER,
} SdpType;

/* As the writer of the description means it: SEND is what the peer sends. */
typedef enum {
  SDP_DIRECTION_INACTIVE = 0,
  SDP_DIRECTION_SEND = 1 << 0,
  SDP_DIRECTION_RECV = 1 << 1,
} SdpDirection;

typedef enum {
  SDP_SETUP_NONE,
  SDP_SETUP_ACTPASS,
  SDP_SETUP_ACTIVE,
  SDP_SETUP_PASSIVE,
} SdpSetup;

typedef enum {
  SDP_FEEDBACK_NACK = 1 << 0,
  SDP_FEEDBACK_NACK_PLI = 1 << 1,
  SDP_FEEDBACK_CCM_FIR = 1 << 2,
  SDP_FEEDBACK_TRANSPORT_CC = 1 << 3,
  SDP_FEEDBACK_REMB = 1 << 4,
} SdpFeedback;

#define SDP_ENCODING_NAME_SIZE 32

/**
 * SdpCodec:
 * @pt: payload type, 0-127, unique in its m-line
 * @encoding_name: as written in the rtpmap; compare without regard to case
 * @clock_rate: in Hz, never 0
 * @channels: 1 unless the rtpmap says otherwise
 * @fmtp: (nullable): the format parameters after the payload type
 * @rtx_apt: for "rtx" the payload type that it repeats, else -1
 * @feedback: a set of #SdpFeedback
 */
typedef struct {
  guint8 pt;
  char encoding_name[SDP_ENCODING_NAME_SIZE];
  guint clock_rate;
  guint channels;
  char *fmtp;
  int rtx_apt;
  guint feedback;
} SdpCodec;

/**
 * SdpExtension:
 * @id: 1-14, or up to 255 with two-byte headers
 * @uri: what the RTP header extension means
 */
typedef struct {
  guint8 id;
  char *uri;
} SdpExtension;

/**
 * SdpMedia:
 * @kind: what the m-line carries
 * @name: the word after "m=", also where @kind is %MEDIA_OTHER
 * @format: the first format as written, for the answer to a rejected m-line
 * @rejected: nothing flows, the m-line only keeps its place; the transport
 *   fields and the codecs are then empty
 * @mid: unique in the description; made up where the peer wrote none
 * @direction: a set of #SdpDirection bits, seen from the writer
 * @ufrag: ICE user fragment
 * @pwd: ICE password, a secret: never to be logged
 * @fingerprint: the certificate's digest, see fingerprint.h
 * @fingerprint_hash: "sha-256", "sha-384" or "sha-512"
 * @setup: who opens the DTLS connection
 * @codecs: (element-type SdpCodec): in the writer's order of preference
 * @extensions: (element-type SdpExtension): RTP header extensions
 * @shown: the directions that webrtcbin is told of: once it was told of one, it
 *   is told of it again, as 1.22 refuses other ones later
 * @ssrcs: (element-type guint32): the streams announced, rtx included
 * @msid_stream: (nullable): stream identifier, "-" is NULL
 * @msid_track: (nullable): track identifier
 * @cname: (nullable): the canonical name of the peer's streams
 * @sctp_port: for the data channel, else 0
 * @max_message_size: for the data channel, in bytes
 * @bundled: shares the transport of #SdpDescription.bundle_mline
 * @bundle_only: port 0 does not mean rejected (RFC 8843, section 6)
 * @rtcp_rsize: reduced-size RTCP is understood
 * @candidates: (element-type utf8): usable ones from the text, normalised
 */
typedef struct {
  MediaKind kind;
  char *name;
  char *format;
  gboolean rejected;
  char *mid;
  guint direction;
  guint shown;
  char *ufrag;
  char *pwd;
  guint8 fingerprint[64];
  gsize fingerprint_len;
  char *fingerprint_hash;
  SdpSetup setup;
  GArray *codecs;
  GArray *extensions;
  GArray *ssrcs;
  char *msid_stream;
  char *msid_track;
  char *cname;
  guint sctp_port;
  guint max_message_size;
  gboolean bundled;
  gboolean bundle_only;
  gboolean rtcp_rsize;
  GPtrArray *candidates;
} SdpMedia;

/**
 * SdpDescription:
 * @type: offer or answer
 * @message: the description as webrtcbin may have it
 * @media: (element-type SdpMedia): one for each m-line, in order
 * @session_id: digits from the o= line
 * @session_version: digits from the o= line
 * @leg: (nullable): hex from a=x-roomcall-leg, whose connection this is
 * @member: (nullable): hex from a=x-roomcall-member, who the peer is
 * @ice_lite: the peer only answers connectivity checks
 * @bundled: all accepted m-lines share one transport
 * @bundle_mline: the m-line to which candidates of the bundle belong; 0
 *   without a bundle
 * @transport_fixed: the bundle's transport exists, so that @bundle_mline stays
 * @n_candidates: how many candidates @message holds, for the peer's budget
 */
typedef struct {
  SdpType type;
  GstSDPMessage *message;
  GPtrArray *media;
  char *session_id;
  char *session_version;
  char *leg;
  char *member;
  gboolean ice_lite;
  gboolean bundled;
  guint bundle_mline;
  gboolean transport_fixed;
  guint n_candidates;
} SdpDescription;

SdpDescription *sdp_description_new (SdpType type);
void sdp_description_free (SdpDescription *self);

SdpMedia *sdp_media_new (void);
void sdp_media_free (SdpMedia *self);
const SdpMedia *sdp_description_get_media (
    const SdpDescription *self, guint mline);
const SdpMedia *sdp_description_find_mid (
    const SdpDescription *self, const char *mid, guint *mline);
const SdpCodec *sdp_media_find_codec (
    const SdpMedia *self, const char *encoding_name);
const SdpCodec *sdp_media_find_pt (const SdpMedia *self, guint pt);
const SdpCodec *sdp_media_find_rtx (const SdpMedia *self, guint apt);
guint sdp_media_find_extension (const SdpMedia *self, const char *uri);
gboolean sdp_media_same_fingerprint (const SdpMedia *a, const SdpMedia *b);
const char *sdp_direction_to_string (guint direction);
guint sdp_direction_reverse (guint direction);
gboolean sdp_media_same_transport (const SdpMedia *a, const SdpMedia *b);
void sdp_media_reject (SdpMedia *self);
void sdp_media_copy_codecs (SdpMedia *self, const SdpMedia *from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SdpDescription, sdp_description_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SdpMedia, sdp_media_free)

G_END_DECLS
