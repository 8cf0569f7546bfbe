/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * IceFilter:
 * @ICE_FILTER_HOST: addresses of this machine
 * @ICE_FILTER_SRFLX: what a STUN server sees of us
 * @ICE_FILTER_RELAY: addresses at a TURN server
 *
 * Which of our own candidates peers are told. Pure.
 */
typedef enum {
  ICE_FILTER_NONE = 0,
  ICE_FILTER_HOST = 1 << 0,
  ICE_FILTER_SRFLX = 1 << 1,
  ICE_FILTER_RELAY = 1 << 2,
} IceFilter;

#define ICE_FILTER_ALL (ICE_FILTER_HOST | ICE_FILTER_SRFLX | ICE_FILTER_RELAY)

char *ice_filter_candidate (IceFilter self, const char *text);
char *ice_filter_description (IceFilter self, const char *sdp);

G_END_DECLS
