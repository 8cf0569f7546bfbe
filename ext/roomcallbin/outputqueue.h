/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * OutputQueue:
 *
 * The queue behind a src pad of the element that shows a track as it comes. The
 * application may stop what takes from that pad for as long as it likes: then
 * it is only this queue's thread that waits, also with the end of the stream,
 * which goes through the queue like everything else.
 */
typedef struct _OutputQueue OutputQueue;

/**
 * OutputQueueEnded:
 * @pad: the src pad
 * @data: handed to output_queue_new()
 *
 * EOS has passed @pad, or nobody is there to take it. Called once, from the
 * queue's thread, maybe after output_queue_free().
 */
typedef void (*OutputQueueEnded) (GstPad *pad, gpointer data);

OutputQueue *output_queue_new (GstBin *bin, GstPad *ghost,
    OutputQueueEnded ended, gpointer data, GDestroyNotify destroy,
    GError **error);
void output_queue_free (OutputQueue *self);

gboolean output_queue_link (
    OutputQueue *self, GstPad *media_pad, const char *stream_id);
gboolean output_queue_end (OutputQueue *self);
gboolean output_queue_wait_ended (OutputQueue *self, gint64 end_time);

G_END_DECLS
