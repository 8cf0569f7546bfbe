/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder.h"

#include "elements.h"

struct _Decoder {
  GstBin *bin;
  GstElement *encoded_tee;
  GstPad *tee_pad;
  GstElement *element;
  GstElement *raw_tee;

  gint n_users; /* atomic: without any, none is decoded */
};

static GstPadProbeReturn
drop_unless_used (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Decoder *self = data;

  return g_atomic_int_get (&self->n_users) > 0 ? GST_PAD_PROBE_OK
                                               : GST_PAD_PROBE_DROP;
}

/**
 * decoder_new:
 * @bin: the bin that will hold its elements
 * @codec: what @encoded_tee carries
 * @encoded_tee: a tee in @bin
 * @error: set if a plugin is missing
 *
 * Returns: (transfer full) (nullable): the decoder, running if @bin does
 */
Decoder *
decoder_new (
    GstBin *bin, const Codec *codec, GstElement *encoded_tee, GError **error)
{
  GstElement *chain[2];
  g_autoptr (GstPad) sink_pad = NULL;
  Decoder *self;

  if ((chain[0] = elements_make (bin, codec->decoder, codec->package, error))
          == NULL
      || (chain[1] = elements_make_tee (bin, error)) == NULL)
    return NULL;
  if (!elements_link_chain (chain, G_N_ELEMENTS (chain))) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
        "The decoder for %s cannot be linked.", codec->encoding_name);
    return NULL;
  }
  /* A picture that cannot be decoded is asked for again; it is no reason to
   * end the call. */
  if (g_object_class_find_property (
          G_OBJECT_GET_CLASS (chain[0]), "max-errors"))
    g_object_set (chain[0], "max-errors", -1, NULL);

  self = g_new0 (Decoder, 1);
  self->bin = bin;
  self->encoded_tee = encoded_tee;
  self->element = chain[0];
  self->raw_tee = chain[1];
  elements_add_probe (chain[0], "sink",
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
      drop_unless_used, self);
  elements_sync_chain (chain, G_N_ELEMENTS (chain));
  self->tee_pad = elements_request_tee_pad (encoded_tee);
  sink_pad = gst_element_get_static_pad (chain[0], "sink");
  gst_pad_link (self->tee_pad, sink_pad);
  return self;
}

/**
 * decoder_free:
 * @self: (transfer full): a decoder whose bin has stopped
 *
 * Its elements stay in the bin and go with it.
 */
void
decoder_free (Decoder *self)
{
  gst_clear_object (&self->tee_pad);
  g_free (self);
}

/**
 * decoder_remove:
 * @self: (transfer full): a decoder without users
 *
 * Takes it off its tee and its elements out of the bin.
 */
void
decoder_remove (Decoder *self)
{
  elements_unlink_when_idle (self->tee_pad);
  gst_element_release_request_pad (self->encoded_tee, self->tee_pad);
  elements_remove (self->bin, self->element);
  elements_remove (self->bin, self->raw_tee);
  decoder_free (self);
}

/**
 * decoder_request:
 * @self: the decoder
 *
 * Returns: (transfer full): a new pad that pushes decoded media
 */
GstPad *
decoder_request (Decoder *self)
{
  g_atomic_int_inc (&self->n_users);
  return elements_request_tee_pad (self->raw_tee);
}

/**
 * decoder_release:
 * @self: the decoder
 * @pad: (transfer full): a pad from decoder_request()
 *
 * Unlinks @pad between two buffers and gives it back.
 */
void
decoder_release (Decoder *self, GstPad *pad)
{
  elements_unlink_when_idle (pad);
  gst_element_release_request_pad (self->raw_tee, pad);
  gst_object_unref (pad);
  g_atomic_int_add (&self->n_users, -1);
}
