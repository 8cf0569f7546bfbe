/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-limits.h"

G_BEGIN_DECLS

/* A property that is a guint in a structure. */
typedef struct {
  const char *name;
  gsize offset;
  guint minimum;
  guint maximum;
  guint value;
} SioNumber;

#define SIO_NUMBER(type, name, member, minimum, maximum, value)   \
  {                                                               \
    name, G_STRUCT_OFFSET (type, member), minimum, maximum, value \
  }

/* The properties of SioLimits, by their names. */
typedef struct {
  guint max_attachments;
  guint max_attachment_bytes;
  guint attachment_timeout; /* ms */
  guint max_json_depth;
  guint max_event_length;
  guint max_namespace_length;
  guint max_ack_digits;
  guint max_pending_acks;
  guint max_waiting_packets;
  guint max_waiting_bytes;
  guint max_early_packets;
  guint max_early_bytes;
  guint max_message_bytes;
  guint max_body_bytes;
  guint max_payload_packets;
  guint max_unsent_bytes;
  guint min_ping_period; /* ms */
  guint max_ping_period; /* ms */
} SioLimitValues;

extern const SioLimitValues sio_limits_defaults;

const SioLimitValues *sio_limits_peek (SioLimits *self);

G_END_DECLS
