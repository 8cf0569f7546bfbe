/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gstversion.h>

/*
 * The CRITICALs that a test may see and pass: bugs of a GStreamer that Debian
 * ships, which we can neither mend nor avoid. The list is frozen: a new entry
 * needs the upstream fix it waits for, and a word on why we cannot go round it.
 * An entry lives only as long as the version that has the bug.
 */
static const struct {
  const char *domain;
  const char *message; /* whole message */
  const char *reason;
} known_criticals[] = {
#if !GST_CHECK_VERSION(1, 22, 3)
  {
      "GLib",
      "g_hash_table_foreach: assertion 'version == hash_table->version' failed",
      "rtpsession walks its sources while another thread adds one: upstream "
      "943a53cc51 and b9f7ab6052, in 1.22.3",
  },
#endif
#if !GST_CHECK_VERSION(1, 22, 1)
  {
      NULL,
      "(../ext/webrtc/gstwebrtcbin.c:7732):jitter_buffer_set_retransmission: "
      "code should not be reached",
      "webrtcbin sets do-retransmission of all streams when a description is "
      "set, and says so of one whose jitter buffer was just made; harmless, and "
      "there is no moment at which a description cannot meet a new stream",
  },
#endif
  { NULL, NULL, NULL },
};
