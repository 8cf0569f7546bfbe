/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * What has to be done to every webrtcbin of 1.22 to 1.26 before, and while, it
 * is used: its defaults are those of a lab. Each function says what happens
 * without it.
 */

void webrtc_tuning_keep_openssl (void);
void webrtc_tuning_apply (GstElement *webrtcbin);
void webrtc_tuning_add_turn_server (GstElement *webrtcbin, const char *address);
void webrtc_tuning_raise_rtcp_bandwidth (GstElement *webrtcbin);
void webrtc_tuning_set_send_latency (GstElement *webrtcbin);
GObject *webrtc_tuning_get_transport (GstElement *webrtcbin);
void webrtc_tuning_say_goodbye (GstElement *webrtcbin);
void webrtc_tuning_free_on_clock (GFunc func, gpointer data);
void webrtc_tuning_warm_up (void);
void webrtc_tuning_finish (void);

G_END_DECLS
