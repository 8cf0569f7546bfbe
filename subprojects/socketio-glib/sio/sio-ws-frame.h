/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  SIO_WS_CONTINUATION = 0x0,
  SIO_WS_TEXT = 0x1,
  SIO_WS_BINARY = 0x2,
  SIO_WS_CLOSE = 0x8,
  SIO_WS_PING = 0x9,
  SIO_WS_PONG = 0xa
} SioWsOpcode;

/* RFC 6455, section 7.4.1. */
#define SIO_WS_CODE_NORMAL 1000
#define SIO_WS_CODE_PROTOCOL_ERROR 1002
#define SIO_WS_CODE_BAD_DATA 1007
#define SIO_WS_CODE_POLICY 1008
#define SIO_WS_CODE_TOO_BIG 1009

/* A whole message, or a control frame. Text is UTF-8 and has a zero byte after
 * its end. Valid until the decoder is used again. */
typedef struct {
  SioWsOpcode opcode;
  const char *data;
  gsize length;
} SioWsMessage;

typedef enum {
  SIO_WS_MORE,    /* all input was used up */
  SIO_WS_MESSAGE, /* there is a message; ask again */
  SIO_WS_BROKEN   /* the peer broke the protocol: nothing more can be read */
} SioWsResult;

typedef struct _SioWsDecoder SioWsDecoder;

SioWsDecoder *sio_ws_decoder_new (gboolean masked, gsize max_message);
void sio_ws_decoder_free (SioWsDecoder *self);
void sio_ws_decoder_push (SioWsDecoder *self, const void *data, gsize length);
SioWsResult sio_ws_decoder_next (
    SioWsDecoder *self, SioWsMessage *message, GError **error);
gboolean sio_ws_decoder_get_unfinished (SioWsDecoder *self, gsize *bytes);
void sio_ws_decoder_forget (SioWsDecoder *self);
guint sio_ws_decoder_get_close_code (SioWsDecoder *self);

void sio_ws_frame_append (GByteArray *out, SioWsOpcode opcode, gboolean masked,
    guint32 mask, const char *head, gsize head_length, const char *data,
    gsize length);
gsize sio_ws_frame_get_size (gboolean masked, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioWsDecoder, sio_ws_decoder_free)

G_END_DECLS
