/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icefilter.h"

#include "icecandidate.h"

#include <string.h>

static gboolean
allows (IceFilter self, IceType type)
{
  switch (type) {
    case ICE_TYPE_HOST:
      return (self & ICE_FILTER_HOST) != 0;
    case ICE_TYPE_RELAY:
      return (self & ICE_FILTER_RELAY) != 0;
    default:
      return (self & ICE_FILTER_SRFLX) != 0;
  }
}

/* What a candidate was made from: of a relay libnice names our own address, which
 * is then told nobody. RFC 8839, section 5.1, has this for it. */
static void
hide_related (IceCandidate *candidate)
{
  if (candidate->related_address == NULL)
    return;
  g_free (candidate->related_address);
  candidate->related_address =
      g_strdup (strchr (candidate->address, ':') != NULL ? "::" : "0.0.0.0");
  candidate->related_port = 9;
}

/**
 * ice_filter_candidate:
 * @self: what may be told
 * @text: one of our candidates, or ""
 *
 * Returns: (transfer full) (nullable): what is told of it, %NULL: nothing
 */
char *
ice_filter_candidate (IceFilter self, const char *text)
{
  g_autoptr (IceCandidate) candidate = NULL;

  if (self == ICE_FILTER_ALL)
    return g_strdup (text);
  candidate = ice_candidate_parse (text, NULL);
  if (candidate == NULL)
    return NULL;
  if (candidate->is_end)
    return g_strdup (text);
  if (!allows (self, candidate->type))
    return NULL;
  if (!(self & ICE_FILTER_HOST))
    hide_related (candidate);
  return ice_candidate_to_string (candidate);
}

/**
 * ice_filter_description:
 * @self: what may be told
 * @sdp: a description of ours
 *
 * Returns: (transfer full): the same with the candidates that may be told
 */
char *
ice_filter_description (IceFilter self, const char *sdp)
{
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (self == ICE_FILTER_ALL)
    return g_strdup (sdp);
  lines = g_strsplit (sdp, "\r\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_autofree char *told = NULL;

    if (!g_str_has_prefix (*line, "a=candidate:")) {
      g_string_append_printf (
          text, "%s%s", *line, line[1] != NULL ? "\r\n" : "");
      continue;
    }
    told = ice_filter_candidate (self, *line);
    if (told != NULL)
      g_string_append_printf (text, "a=%s\r\n", told);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
