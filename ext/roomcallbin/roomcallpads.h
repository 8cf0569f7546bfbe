/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstroomcallbin.h"

G_BEGIN_DECLS

/* The pads of roomcallbin: those that the application requests, and those that
 * come and go with what peers send. */

void room_call_pads_install (GstElementClass *klass);

GstPad *room_call_pads_request (GstElement *element, GstPadTemplate *template,
    const char *wanted, const GstCaps *caps);
void room_call_pads_release (GstElement *element, GstPad *pad);
void room_call_pads_rest (GstElement *element);

GstPad *room_call_pads_make (
    MediaKind kind, guint slot, guint index, gpointer data);
void room_call_pads_add (GstPad *pad, gpointer data);
void room_call_pads_remove (GstPad *pad, gpointer data);

G_END_DECLS
