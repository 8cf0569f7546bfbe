/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-limits-private.h"

/**
 * SioLimits:
 *
 * How much of a peer's data is taken, and how much of one's own may wait: the
 * limits of #SioManager:limits and #SioServer:limits.
 *
 * Each property may change at any time, for what comes after. A packet that is
 * over a limit is lost alone where it may be another member's words (too many
 * values, too deep, attachments too large), and ends the connection with "parse
 * error" where only the peer itself can have made it.
 *
 * Since: 0.1
 */

struct _SioLimits {
  GObject parent_instance;

  SioLimitValues values;
};

G_DEFINE_FINAL_TYPE (SioLimits, sio_limits, G_TYPE_OBJECT)

#define LIMIT(name, member, minimum, maximum, value) \
  SIO_NUMBER (SioLimitValues, name, member, minimum, maximum, value)

/**
 * SioLimits:max-attachments:
 *
 * How many binary attachments one packet may have, in both directions. Servers
 * of Socket.IO's own take 10.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-attachment-bytes:
 *
 * How many bytes the attachments of one packet that is received may have, in
 * all; one that is used in several places counts for each.
 *
 * Since: 0.1
 */
/**
 * SioLimits:attachment-timeout:
 *
 * How long a packet may wait for the last of its attachments, in milliseconds.
 * After that the connection ends with "parse error".
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-json-depth:
 *
 * How deep arrays and objects of a packet may be nested, in both directions.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-event-length:
 *
 * How many bytes the name of an event may have, in both directions.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-namespace-length:
 *
 * How many bytes the name of a namespace may have, in both directions.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-ack-digits:
 *
 * How many decimal digits the id of an acknowledgement that is received may
 * have. No JavaScript peer counts further than 15.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-pending-acks:
 *
 * How many acknowledgements a socket may wait for. Asking for one more fails
 * with %SIO_ERROR_QUEUE_FULL.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-waiting-packets:
 *
 * How many packets of a socket may wait for a connection. One more fails with
 * %SIO_ERROR_QUEUE_FULL; none that was accepted is dropped.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-waiting-bytes:
 *
 * How many bytes these packets may have, attachments included.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-early-packets:
 *
 * How many events that come before the server's answer to CONNECT are kept for
 * it. What is more is dropped.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-early-bytes:
 *
 * How many bytes these events may have, attachments included.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-message-bytes:
 *
 * How many bytes of one message from the server are read, whether it is finished
 * or not. The default is twice what Socket.IO servers take: what another client
 * sent may have grown on the way through. #SioServer:max-payload is what a
 * server has instead.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-body-bytes:
 *
 * How many bytes one answer to a client that polls may have. A server puts all
 * that waits into it.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-payload-packets:
 *
 * How many packets one answer to a client that polls may have.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-unsent-bytes:
 *
 * How many bytes may wait in a client's connection until the server takes them.
 * More ends the connection with "transport error". Only at a client.
 *
 * Since: 0.1
 */
/**
 * SioLimits:min-ping-period:
 *
 * The shortest ping interval and ping timeout, in milliseconds, that a server
 * may ask of a client; with a shorter one the connection does not come to stand.
 *
 * Since: 0.1
 */
/**
 * SioLimits:max-ping-period:
 *
 * The longest ping interval and ping timeout, in milliseconds, that a server may
 * ask of a client: a lost connection is noticed after both of them at the
 * latest.
 *
 * Since: 0.1
 */

/* clang-format off */
static const SioNumber limits[] = {
  LIMIT ("max-attachments", max_attachments, 0, 99, 10),
  LIMIT ("max-attachment-bytes", max_attachment_bytes, 0, G_MAXINT, 1000000),
  LIMIT ("attachment-timeout", attachment_timeout, 1, G_MAXINT, 20000),
  LIMIT ("max-json-depth", max_json_depth, 1, 512, 64),
  LIMIT ("max-event-length", max_event_length, 1, 65536, 256),
  LIMIT ("max-namespace-length", max_namespace_length, 1, 65536, 256),
  LIMIT ("max-ack-digits", max_ack_digits, 1, 15, 15),
  LIMIT ("max-pending-acks", max_pending_acks, 0, G_MAXINT, 4096),
  LIMIT ("max-waiting-packets", max_waiting_packets, 0, G_MAXINT, 1024),
  LIMIT ("max-waiting-bytes", max_waiting_bytes, 0, G_MAXINT, 4 * 1024 * 1024),
  LIMIT ("max-early-packets", max_early_packets, 0, G_MAXINT, 256),
  LIMIT ("max-early-bytes", max_early_bytes, 0, G_MAXINT, 1000000),
  LIMIT ("max-message-bytes", max_message_bytes, 1, G_MAXINT, 2000000),
  LIMIT ("max-body-bytes", max_body_bytes, 1, G_MAXINT, 8000000),
  LIMIT ("max-payload-packets", max_payload_packets, 1, G_MAXINT, 4096),
  LIMIT ("max-unsent-bytes", max_unsent_bytes, 1, G_MAXINT, 4 * 1024 * 1024),
  LIMIT ("min-ping-period", min_ping_period, 1, G_MAXINT, 20),
  LIMIT ("max-ping-period", max_ping_period, 1, 24 * 60 * 60 * 1000,
      24 * 60 * 60 * 1000),
};
/* clang-format on */

/* The same as in the table, for code that is tried without objects. */
const SioLimitValues sio_limits_defaults = {
  .max_attachments = 10,
  .max_attachment_bytes = 1000000,
  .attachment_timeout = 20000,
  .max_json_depth = 64,
  .max_event_length = 256,
  .max_namespace_length = 256,
  .max_ack_digits = 15,
  .max_pending_acks = 4096,
  .max_waiting_packets = 1024,
  .max_waiting_bytes = 4 * 1024 * 1024,
  .max_early_packets = 256,
  .max_early_bytes = 1000000,
  .max_message_bytes = 2000000,
  .max_body_bytes = 8000000,
  .max_payload_packets = 4096,
  .max_unsent_bytes = 4 * 1024 * 1024,
  .min_ping_period = 20,
  .max_ping_period = 24 * 60 * 60 * 1000,
};

static guint *
find_value (SioLimits *self, guint id)
{
  return G_STRUCT_MEMBER_P (&self->values, limits[id - 1].offset);
}

static void
sio_limits_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  *find_value (SIO_LIMITS (object), id) = g_value_get_uint (value);
}

static void
sio_limits_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, *find_value (SIO_LIMITS (object), id));
}

static void
sio_limits_class_init (SioLimitsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sio_limits_set_property;
  object_class->get_property = sio_limits_get_property;
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    g_object_class_install_property (object_class, i + 1,
        g_param_spec_uint (limits[i].name, NULL, NULL, limits[i].minimum,
            limits[i].maximum, limits[i].value,
            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
sio_limits_init (SioLimits *self)
{
  self->values = sio_limits_defaults;
}

const SioLimitValues *
sio_limits_peek (SioLimits *self)
{
  return &self->values;
}

/**
 * sio_limits_new:
 *
 * Returns: (transfer full): the default limits
 *
 * Since: 0.1
 */
SioLimits *
sio_limits_new (void)
{
  return g_object_new (SIO_TYPE_LIMITS, NULL);
}
