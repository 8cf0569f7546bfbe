/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icefilter.h"

#include "common/testlog.h"

#define HOST "candidate:1 1 UDP 2015363327 192.0.2.7 40000 typ host"
#define SRFLX                                                \
  "candidate:2 1 UDP 1679819007 203.0.113.7 40001 typ srflx" \
  " raddr 192.0.2.7 rport 40000"
#define RELAY                                                \
  "candidate:3 1 UDP 505413887 198.51.100.7 40002 typ relay" \
  " raddr 192.0.2.7 rport 40000"
#define RELAY_IPV6                                          \
  "candidate:3 1 UDP 505413887 2001:db8::7 40002 typ relay" \
  " raddr 2001:db8::1 rport 40000"
#define HIDDEN(candidate, any) candidate " raddr " any " rport 9"

typedef struct {
  IceFilter filter;
  const char *text;
  const char *told;
} Case;

static const Case cases[] = {
  { ICE_FILTER_ALL, HOST, HOST },
  { ICE_FILTER_ALL, RELAY, RELAY },
  { ICE_FILTER_ALL, "what it may be", "what it may be" },
  { ICE_FILTER_NONE, HOST, NULL },
  { ICE_FILTER_NONE, SRFLX, NULL },
  { ICE_FILTER_NONE, RELAY, NULL },
  { ICE_FILTER_NONE, "", "" },
  { ICE_FILTER_RELAY, "", "" },
  { ICE_FILTER_RELAY, HOST, NULL },
  { ICE_FILTER_RELAY, SRFLX, NULL },
  { ICE_FILTER_RELAY, "what it may be", NULL },
  { ICE_FILTER_RELAY, RELAY,
      HIDDEN ("candidate:3 1 UDP 505413887 198.51.100.7 40002 typ relay",
          "0.0.0.0") },
  { ICE_FILTER_RELAY, "a=" RELAY_IPV6,
      HIDDEN (
          "candidate:3 1 UDP 505413887 2001:db8::7 40002 typ relay", "::") },
  { ICE_FILTER_SRFLX, SRFLX,
      HIDDEN ("candidate:2 1 UDP 1679819007 203.0.113.7 40001 typ srflx",
          "0.0.0.0") },
  { ICE_FILTER_HOST | ICE_FILTER_SRFLX, SRFLX, SRFLX },
  { ICE_FILTER_HOST | ICE_FILTER_SRFLX, RELAY, NULL },
};

static void
test_candidate (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *told =
        ice_filter_candidate (cases[i].filter, cases[i].text);

    g_assert_cmpstr (told, ==, cases[i].told);
  }
}

static void
test_description (void)
{
  static const char sdp[] =
      "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
      "a=" HOST "\r\na=" SRFLX "\r\na=" RELAY "\r\na=mid:0\r\n";
  g_autofree char *all = ice_filter_description (ICE_FILTER_ALL, sdp);
  g_autofree char *relay = ice_filter_description (ICE_FILTER_RELAY, sdp);

  g_assert_cmpstr (all, ==, sdp);
  g_assert_cmpstr (relay, ==,
      "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
      "a=candidate:3 1 UDP 505413887 198.51.100.7 40002 typ relay"
      " raddr 0.0.0.0 rport 9\r\na=mid:0\r\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/icefilter/candidate", test_candidate);
  g_test_add_func ("/icefilter/description", test_description);
  return g_test_run ();
}
