/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpgate.h"

#include <string.h>

#include "icecandidate.h"
#include "sdpsection.h"
#include "sdpwriter.h"

/* RFC 8866, section 5.2: numeric; 64 bits in 20 digits. */
#define MAX_SESSION_DIGITS 20

typedef struct {
  SdpDescription *description;
  const SdpDescription *reference;
  SdpSection *session;
  /* element-type SdpSection, as many as the description has m-lines */
  GPtrArray *sections;
} Gate;

static gboolean G_GNUC_PRINTF (3, 4)
    fail (GError **error, SdpGateError code, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SDP_GATE_ERROR, code, "SDP: %s", what);
  return FALSE;
}

static SdpMedia *
media_at (const Gate *gate, guint mline)
{
  return g_ptr_array_index (gate->description->media, mline);
}

static const SdpSection *
section_at (const Gate *gate, guint mline)
{
  return g_ptr_array_index (gate->sections, mline);
}

/* Reading */

static gboolean
is_digits (const char *word)
{
  gsize length = word != NULL ? strlen (word) : 0;

  return length > 0 && length <= MAX_SESSION_DIGITS
      && strspn (word, "0123456789") == length;
}

static gboolean
read_origin (Gate *gate, char *value, GError **error)
{
  const char *user = sdp_take_word (&value);
  const char *id = sdp_take_word (&value);
  const char *version = sdp_take_word (&value);

  if (user == NULL || !is_digits (id) || !is_digits (version))
    return fail (error, SDP_GATE_ERROR_SYNTAX, "bad o= line");
  gate->description->session_id = g_strdup (id);
  gate->description->session_version = g_strdup (version);
  return TRUE;
}

static gboolean
read_media (Gate *gate, char *value, GError **error)
{
  SdpSection *section;

  if (gate->sections->len == SDP_GATE_MAX_MEDIA)
    return fail (
        error, SDP_GATE_ERROR_LIMIT, "over %u m-lines", SDP_GATE_MAX_MEDIA);
  section = sdp_section_new_media (value, error);
  if (section == NULL)
    return FALSE;
  g_ptr_array_add (gate->sections, section);
  return TRUE;
}

static gboolean
read_lines (Gate *gate, SdpLines *lines, GError **error)
{
  SdpSection *section = gate->session;
  const SdpLine *first = (const SdpLine *) lines->lines->data;

  if (lines->lines->len < 2 || first[0].type != 'v'
      || strcmp (first[0].value, "0") != 0 || first[1].type != 'o')
    return fail (error, SDP_GATE_ERROR_SYNTAX, "does not begin with v=0, o=");
  if (!read_origin (gate, first[1].value, error))
    return FALSE;
  for (guint i = 2; i < lines->lines->len; i++) {
    SdpLine *line = &g_array_index (lines->lines, SdpLine, i);

    if (line->type == 'm') {
      if (!read_media (gate, line->value, error))
        return FALSE;
      section = g_ptr_array_index (gate->sections, gate->sections->len - 1);
    } else if (line->type == 'a') {
      if (!sdp_section_add_attribute (section, line->value, error))
        return FALSE;
    }
  }
  if (gate->sections->len == 0)
    return fail (error, SDP_GATE_ERROR_EMPTY, "has no m-line");
  return TRUE;
}

/* m-lines move from the sections to the description, in order. */
static void
collect_media (Gate *gate)
{
  SdpDescription *description = gate->description;

  for (guint i = 0; i < gate->sections->len; i++) {
    SdpSection *section = g_ptr_array_index (gate->sections, i);
    SdpMedia *media = g_steal_pointer (&section->media);

    if (!section->has_direction)
      media->direction = gate->session->has_direction
          ? gate->session->media->direction
          : (SDP_DIRECTION_SEND | SDP_DIRECTION_RECV);
    if (media->kind == MEDIA_AUDIO || media->kind == MEDIA_VIDEO)
      sdp_payload_table_collect (
          &section->payloads, media->kind, media->codecs);
    g_ptr_array_add (description->media, media);
  }
  description->ice_lite = gate->session->ice_lite;
  description->leg = g_steal_pointer (&gate->session->leg);
  description->member = g_steal_pointer (&gate->session->member);
}

/* Identification */

static char *
make_mid (const Gate *gate, guint mline)
{
  const SdpMedia *before = gate->reference != NULL
      ? sdp_description_get_media (gate->reference, mline)
      : NULL;
  g_autofree char *mid = NULL;

  if (before != NULL)
    return g_strdup (before->mid);
  mid = g_strdup_printf ("m%u", mline);
  while (sdp_description_find_mid (gate->description, mid, NULL) != NULL) {
    char *longer = g_strconcat (mid, "x", NULL);

    g_free (mid);
    mid = longer;
  }
  return g_steal_pointer (&mid);
}

/* webrtcbin refuses an m-line without a mid; RFC 9143 leaves it out where
 * nothing is bundled. */
static gboolean
identify (Gate *gate, GError **error)
{
  for (guint i = 0; i < gate->sections->len; i++) {
    SdpMedia *media = media_at (gate, i);
    guint first = 0;

    if (media->mid == NULL)
      media->mid = make_mid (gate, i);
    sdp_description_find_mid (gate->description, media->mid, &first);
    if (first != i)
      return fail (error, SDP_GATE_ERROR_SYNTAX, "a mid twice");
  }
  return TRUE;
}

static gboolean
is_open (const Gate *gate, guint mline)
{
  const SdpMedia *media = media_at (gate, mline);
  /* RFC 9143, section 6: in an answer port 0 always means rejected. */
  gboolean bundle_only =
      media->bundle_only && gate->description->type == SDP_OFFER;

  if (section_at (gate, mline)->port == 0 && !bundle_only)
    return FALSE;
  if (media->kind == MEDIA_APPLICATION)
    return media->sctp_port != 0;
  return media->kind != MEDIA_OTHER && media->codecs->len > 0;
}

/* Bundle */

static gboolean
read_group (Gate *gate, GArray *members, GError **error)
{
  char *cursor = gate->session->group;
  const char *mid;

  while ((mid = sdp_take_word (&cursor)) != NULL) {
    SdpMedia *media;
    guint mline;

    if (sdp_description_find_mid (gate->description, mid, &mline) == NULL)
      return fail (
          error, SDP_GATE_ERROR_SYNTAX, "the bundle names an unknown mid");
    media = media_at (gate, mline);
    if (media->bundled)
      return fail (
          error, SDP_GATE_ERROR_SYNTAX, "the bundle names a mid twice");
    media->bundled = TRUE;
    g_array_append_val (members, mline);
  }
  return TRUE;
}

/* The first member that is open carries the transport. webrtcbin knows one
 * transport only once there is a bundle: what is not in it is rejected. */
static gboolean
settle_bundle (Gate *gate, GError **error)
{
  SdpDescription *description = gate->description;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (guint));

  if (gate->session->group != NULL && !read_group (gate, members, error))
    return FALSE;
  for (guint i = 0; i < description->media->len; i++) {
    SdpMedia *media = media_at (gate, i);

    if (!is_open (gate, i) || (members->len > 0 && !media->bundled)
        || (media->bundle_only && !media->bundled))
      sdp_media_reject (media);
  }
  for (guint i = 0; i < members->len; i++) {
    guint mline = g_array_index (members, guint, i);

    if (!media_at (gate, mline)->rejected) {
      description->bundled = TRUE;
      description->bundle_mline = mline;
      return TRUE;
    }
  }
  return TRUE;
}

/* Transport */

static void
inherit_transport (SdpMedia *media, const SdpMedia *from)
{
  if (media->ufrag == NULL)
    media->ufrag = g_strdup (from->ufrag);
  if (media->pwd == NULL)
    media->pwd = g_strdup (from->pwd);
  if (media->setup == SDP_SETUP_NONE)
    media->setup = from->setup;
  if (media->fingerprint_len == 0) {
    memcpy (media->fingerprint, from->fingerprint, from->fingerprint_len);
    media->fingerprint_len = from->fingerprint_len;
    media->fingerprint_hash = g_strdup (from->fingerprint_hash);
  }
}

static gboolean
check_transport (const Gate *gate, guint mline, GError **error)
{
  const SdpMedia *media = media_at (gate, mline);
  const char *missing = NULL;

  if (media->ufrag == NULL)
    missing = "ice-ufrag";
  else if (media->pwd == NULL)
    missing = "ice-pwd";
  else if (media->fingerprint_len == 0)
    missing = "fingerprint of SHA-256 or better";
  else if (media->setup == SDP_SETUP_NONE)
    missing = "setup";
  else if (media->kind != MEDIA_APPLICATION
      && !section_at (gate, mline)->rtcp_mux)
    missing = "rtcp-mux";
  if (missing != NULL)
    return fail (
        error, SDP_GATE_ERROR_TRANSPORT, "m-line %u has no %s", mline, missing);
  if (gate->description->type == SDP_ANSWER
      && media->setup == SDP_SETUP_ACTPASS)
    return fail (
        error, SDP_GATE_ERROR_TRANSPORT, "an answer with setup:actpass");
  return TRUE;
}

static gboolean
settle_transports (Gate *gate, GError **error)
{
  const SdpDescription *description = gate->description;
  const SdpMedia *first = NULL;
  guint n = 0;

  for (guint i = 0; i < description->media->len; i++) {
    if (!media_at (gate, i)->rejected)
      inherit_transport (media_at (gate, i), gate->session->media);
  }
  for (guint i = 0; i < description->media->len; i++) {
    SdpMedia *media = media_at (gate, i);

    if (media->rejected)
      continue;
    if (description->bundled)
      inherit_transport (media, media_at (gate, description->bundle_mline));
    if (!check_transport (gate, i, error))
      return FALSE;
    if (description->bundled && first != NULL
        && !sdp_media_same_transport (first, media))
      return fail (error, SDP_GATE_ERROR_TRANSPORT,
          "m-line %u has another transport than its bundle", i);
    if (first != NULL && !sdp_media_same_fingerprint (first, media))
      return fail (error, SDP_GATE_ERROR_TRANSPORT,
          "m-line %u has another certificate than the first", i);
    first = media;
    n++;
  }
  if (n == 0)
    return fail (error, SDP_GATE_ERROR_MISMATCH, "nothing can be negotiated");
  return TRUE;
}

/* Answers to a bundled offer, from peers that do not write groups: if all have
 * one transport they mean a bundle; otherwise only the first can work. */
static gboolean
settle_unbundled (Gate *gate, GError **error)
{
  SdpDescription *description = gate->description;
  const SdpMedia *first = NULL;
  gboolean same = TRUE;

  if (description->bundled)
    return TRUE;
  for (guint i = 0; i < description->media->len; i++) {
    const SdpMedia *media = media_at (gate, i);

    if (media->rejected)
      continue;
    if (first == NULL) {
      first = media;
      description->bundle_mline = i;
    }
    same = same && sdp_media_same_transport (first, media);
  }
  if (gate->reference != NULL && gate->reference->bundled) {
    if (!same)
      return fail (error, SDP_GATE_ERROR_MISMATCH, "does not bundle");
    description->bundled = TRUE;
    for (guint i = 0; i < description->media->len; i++)
      media_at (gate, i)->bundled = !media_at (gate, i)->rejected;
    return TRUE;
  }
  description->bundle_mline = 0;
  if (description->media->len > SDP_GATE_MAX_TRANSPORTS)
    return fail (error, SDP_GATE_ERROR_LIMIT, "over %u m-lines and no bundle",
        SDP_GATE_MAX_TRANSPORTS);
  return TRUE;
}

/* Channels do not count: webrtcbin leaves Opus' "/2" out at times. */
static gboolean
same_codec (const SdpCodec *a, const SdpCodec *b)
{
  return g_ascii_strcasecmp (a->encoding_name, b->encoding_name) == 0
      && a->clock_rate == b->clock_rate;
}

/* RFC 9143, section 9.1: packets of a bundle are told apart by payload type
 * where nothing else does it. */
static gboolean
check_payload_types (Gate *gate, GError **error)
{
  const SdpCodec *seen[128] = { NULL };

  for (guint i = 0; i < gate->description->media->len; i++) {
    const SdpMedia *media = media_at (gate, i);

    for (guint j = 0; media->bundled && j < media->codecs->len; j++) {
      const SdpCodec *codec = &g_array_index (media->codecs, SdpCodec, j);

      if (seen[codec->pt] == NULL)
        seen[codec->pt] = codec;
      else if (!same_codec (seen[codec->pt], codec))
        return fail (error, SDP_GATE_ERROR_SYNTAX,
            "payload type %u means two codecs in one bundle", codec->pt);
    }
  }
  return TRUE;
}

/* webrtcbin has candidates of a bundle under one m-line only. */
static void
gather_candidates (SdpDescription *description)
{
  GPtrArray *all;

  description->n_candidates = 0;
  if (description->bundled) {
    SdpMedia *first =
        g_ptr_array_index (description->media, description->bundle_mline);

    all = first->candidates;
    for (guint i = 0; i < description->media->len; i++) {
      SdpMedia *media = g_ptr_array_index (description->media, i);

      for (guint j = 0; media != first && j < media->candidates->len; j++) {
        const char *candidate = g_ptr_array_index (media->candidates, j);

        if (all->len < ICE_CANDIDATE_BUDGET
            && !g_ptr_array_find_with_equal_func (
                all, candidate, g_str_equal, NULL))
          g_ptr_array_add (all, g_strdup (candidate));
      }
      if (media != first)
        g_ptr_array_set_size (media->candidates, 0);
    }
  }
  for (guint i = 0; i < description->media->len; i++) {
    SdpMedia *media = g_ptr_array_index (description->media, i);

    description->n_candidates += media->candidates->len;
  }
}

/* Against what was said before */

/* An m-line that changes its place or its kind meets a g_assert in webrtcbin's
 * create-answer, one that is missing an error. */
static gboolean
check_places (const Gate *gate, GError **error)
{
  const SdpDescription *description = gate->description;
  const SdpDescription *reference = gate->reference;

  if (description->type == SDP_ANSWER
          ? description->media->len != reference->media->len
          : description->media->len < reference->media->len)
    return fail (error, SDP_GATE_ERROR_MISMATCH, "%u m-lines instead of %u",
        description->media->len, reference->media->len);
  for (guint i = 0; i < reference->media->len; i++) {
    const SdpMedia *media = media_at (gate, i);
    const SdpMedia *before = sdp_description_get_media (reference, i);

    if (strcmp (media->name, before->name) != 0
        || strcmp (media->mid, before->mid) != 0)
      return fail (error, SDP_GATE_ERROR_MISMATCH,
          "m-line %u is not the one that it was", i);
  }
  return TRUE;
}

static gboolean
check_answer (const Gate *gate, guint mline, GError **error)
{
  SdpMedia *media = media_at (gate, mline);
  const SdpMedia *offer = sdp_description_get_media (gate->reference, mline);

  if (offer->rejected)
    return fail (
        error, SDP_GATE_ERROR_MISMATCH, "m-line %u was not offered", mline);
  for (guint i = 0; i < media->codecs->len; i++) {
    const SdpCodec *codec = &g_array_index (media->codecs, SdpCodec, i);
    const SdpCodec *offered = sdp_media_find_pt (offer, codec->pt);

    if (offered == NULL || !same_codec (offered, codec))
      return fail (error, SDP_GATE_ERROR_MISMATCH,
          "payload type %u of m-line %u was not offered", codec->pt, mline);
  }
  /* webrtcbin would fail the whole answer. */
  media->direction &= sdp_direction_reverse (offer->direction);
  return TRUE;
}

/* The bundle's transport is webrtcbin's stream of the member that was first at
 * the beginning, and it stays so. Where that one is now rejected, the message
 * still has it, as inactive; where another is named first, it is not. */
static void
keep_bundle_mline (Gate *gate)
{
  SdpDescription *description = gate->description;
  guint mline = gate->reference->bundle_mline;
  const SdpMedia *before = sdp_description_get_media (gate->reference, mline);
  SdpMedia *kept = media_at (gate, mline);

  if (description->bundle_mline == mline)
    return;
  if (kept->rejected) {
    kept->kind = before->kind;
    kept->bundled = TRUE;
    kept->sctp_port = before->sctp_port;
    inherit_transport (kept, media_at (gate, description->bundle_mline));
    sdp_media_copy_codecs (kept, before);
  }
  description->bundle_mline = mline;
}

static gboolean
check_reference (Gate *gate, GError **error)
{
  if (gate->reference == NULL)
    return TRUE;
  if (!check_places (gate, error))
    return FALSE;
  for (guint i = 0; i < gate->description->media->len; i++) {
    if (gate->description->type == SDP_ANSWER && !media_at (gate, i)->rejected
        && !check_answer (gate, i, error))
      return FALSE;
  }
  gate->description->transport_fixed = gate->reference->bundled;
  if (gate->reference->bundled)
    keep_bundle_mline (gate);
  else if (gate->description->bundled)
    return fail (error, SDP_GATE_ERROR_MISMATCH,
        "bundles what had transports of its own");
  return TRUE;
}

/* A page that adds its camera later, or takes it off, offers the m-line in other
 * directions, of which webrtcbin 1.22 says "not implemented". So it is told of all
 * that there can be, from the first description on; sdp_from_webrtcbin() tells the
 * page what is so. Our own members add m-lines instead. */
static void
show_directions (Gate *gate)
{
  const SdpDescription *description = gate->description;

  for (guint i = 0; i < description->media->len; i++) {
    SdpMedia *media = media_at (gate, i);
    const SdpMedia *known = gate->reference != NULL
        ? sdp_description_get_media (gate->reference, i)
        : NULL;

    media->shown = media->direction;
    if (media->rejected || description->member != NULL)
      continue;
    if (description->type == SDP_ANSWER)
      media->shown |=
          known != NULL ? sdp_direction_reverse (known->direction) : 0;
    else if (known != NULL)
      media->shown |= known->shown;
    else
      media->shown = SDP_DIRECTION_SEND | SDP_DIRECTION_RECV;
  }
}

static gboolean
run (Gate *gate, SdpLines *lines, GError **error)
{
  if (!read_lines (gate, lines, error))
    return FALSE;
  collect_media (gate);
  if (!identify (gate, error) || !settle_bundle (gate, error)
      || !settle_transports (gate, error) || !settle_unbundled (gate, error)
      || !check_payload_types (gate, error) || !check_reference (gate, error))
    return FALSE;
  gather_candidates (gate->description);
  show_directions (gate);
  gate->description->message = sdp_writer_build (gate->description);
  return TRUE;
}

/**
 * sdp_gate_check:
 * @type: what the signalling said it is
 * @text: the description as a peer sent it
 * @reference: (nullable): for an answer the offer that it answers; for an
 *   offer what was negotiated last on the same connection, %NULL if nothing
 *   was
 * @error: a #SdpGateError
 *
 * Parses, checks and rebuilds a description that nobody vouches for. Safe for
 * any @text, in time and memory that are linear in it. Does no I/O, takes no
 * lock and may run on any thread.
 *
 * Returns: (transfer full) (nullable): what the peer means, or %NULL if
 *   webrtcbin must not see it
 *
 * Since: 0.1
 */
SdpDescription *
sdp_gate_check (SdpType type, const char *text, const SdpDescription *reference,
    GError **error)
{
  g_autoptr (SdpDescription) description = sdp_description_new (type);
  g_autoptr (SdpSection) session = sdp_section_new_session ();
  g_autoptr (GPtrArray) sections =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sdp_section_free);
  g_autoptr (SdpLines) lines = sdp_lines_parse (text, error);
  Gate gate = {
    .description = description,
    .reference = reference,
    .session = session,
    .sections = sections,
  };

  if (lines == NULL || !run (&gate, lines, error))
    return NULL;
  return g_steal_pointer (&description);
}

/**
 * sdp_gate_reject:
 * @description: an offer that passed the gate
 * @mline: an m-line that shall not be negotiated
 * @error: a #SdpGateError
 *
 * Closes one more m-line of a peer's offer, for example a data channel that
 * nobody asked for, and writes the message again.
 *
 * Returns: %FALSE, with @description as it was, if nothing would be left, or if
 *   the transport that there is hangs on @mline
 *
 * Since: 0.1
 */
gboolean
sdp_gate_reject (SdpDescription *description, guint mline, GError **error)
{
  SdpMedia *media;
  guint other = description->media->len;

  g_return_val_if_fail (description->type == SDP_OFFER, FALSE);
  g_return_val_if_fail (mline < description->media->len, FALSE);

  media = g_ptr_array_index (description->media, mline);
  if (media->rejected)
    return TRUE;
  for (guint i = description->media->len; i-- > 0;) {
    if (i != mline && !sdp_description_get_media (description, i)->rejected)
      other = i;
  }
  if (other == description->media->len)
    return fail (error, SDP_GATE_ERROR_MISMATCH, "nothing else is offered");
  if (description->transport_fixed && description->bundle_mline == mline)
    return fail (error, SDP_GATE_ERROR_MISMATCH,
        "m-line %u holds the transport and cannot be used any more", mline);
  if (description->bundled && description->bundle_mline == mline) {
    SdpMedia *heir = g_ptr_array_index (description->media, other);

    description->bundle_mline = other;
    g_ptr_array_unref (heir->candidates);
    heir->candidates = g_ptr_array_ref (media->candidates);
    g_ptr_array_unref (media->candidates);
    media->candidates = g_ptr_array_new_with_free_func (g_free);
  }
  sdp_media_reject (media);
  gather_candidates (description);
  gst_sdp_message_free (description->message);
  description->message = sdp_writer_build (description);
  return TRUE;
}
