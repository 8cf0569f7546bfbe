/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turnlistener.h"

#include <string.h>

/* RFC 8489, section 5 and 18; RFC 8656, section 17. */
#define HEADER_LENGTH 20
#define BINDING_REQUEST 0x0001
#define ALLOCATE_REQUEST 0x0003
#define ALLOCATE_ERROR 0x0113
#define ATTRIBUTE_USERNAME 0x0006
#define ATTRIBUTE_MESSAGE_INTEGRITY 0x0008
#define ATTRIBUTE_ERROR_CODE 0x0009
#define ATTRIBUTE_REALM 0x0014
#define ATTRIBUTE_NONCE 0x0015
#define REALM "roomcall"
#define SHA1_LENGTH 20

struct _TurnListener {
  GSocket *socket;
  GCancellable *cancellable;
  GThread *thread;
  char *user;
  char *password;
  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  guint n_bindings;
  guint n_users;
  guint n_strangers;
  GPtrArray *froms; /* texts: the address of each message */
};

static guint
read_16 (const guint8 *data)
{
  return data[0] << 8 | data[1];
}

/* The value of an attribute, or NULL. */
static const guint8 *
find_attribute (const guint8 *message, gsize size, guint type, gsize *length)
{
  for (gsize at = HEADER_LENGTH; at + 4 <= size;) {
    *length = read_16 (message + at + 2);
    if (at + 4 + *length > size)
      return NULL;
    if (read_16 (message + at) == type)
      return message + at + 4;
    at += 4 + ((*length + 3) & ~(gsize) 3);
  }
  return NULL;
}

/* The long-term credential: HMAC-SHA1 with the key MD5 (user:realm:password) over
 * what is before it, with a length that counts it (RFC 8489, section 14.5). */
static gboolean
has_right_password (TurnListener *self, const guint8 *message, gsize size)
{
  g_autofree char *text =
      g_strdup_printf ("%s:" REALM ":%s", self->user, self->password);
  g_autoptr (GChecksum) key = g_checksum_new (G_CHECKSUM_MD5);
  g_autoptr (GHmac) hmac = NULL;
  g_autofree guint8 *copy = g_memdup2 (message, size);
  guint8 digest[16], expected[SHA1_LENGTH];
  gsize digest_length = sizeof (digest), expected_length = sizeof (expected);
  gsize length, before;
  const guint8 *integrity =
      find_attribute (message, size, ATTRIBUTE_MESSAGE_INTEGRITY, &length);

  if (integrity == NULL || length != SHA1_LENGTH)
    return FALSE;
  before = (gsize) (integrity - message) - 4;
  copy[2] = (before + 4 + SHA1_LENGTH - HEADER_LENGTH) >> 8;
  copy[3] = (before + 4 + SHA1_LENGTH - HEADER_LENGTH) & 0xff;
  g_checksum_update (key, (const guchar *) text, -1);
  g_checksum_get_digest (key, digest, &digest_length);
  hmac = g_hmac_new (G_CHECKSUM_SHA1, digest, digest_length);
  g_hmac_update (hmac, copy, before);
  g_hmac_get_digest (hmac, expected, &expected_length);
  return memcmp (expected, integrity, SHA1_LENGTH) == 0;
}

static void
append_attribute (
    GByteArray *message, guint type, gconstpointer value, guint length)
{
  const guint8 head[4] = { type >> 8, type, length >> 8, length };
  const guint8 padding[3] = { 0 };

  g_byte_array_append (message, head, sizeof (head));
  g_byte_array_append (message, value, length);
  g_byte_array_append (message, padding, (4 - length % 4) % 4);
}

/* 401: with the right password, please. 403: not even then. */
static void
refuse (
    TurnListener *self, const guint8 *request, guint code, GSocketAddress *to)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  const guint8 error[4] = { 0, 0, code / 100, code % 100 };

  g_byte_array_append (message, request, HEADER_LENGTH);
  append_attribute (message, ATTRIBUTE_ERROR_CODE, error, sizeof (error));
  if (code == 401) {
    append_attribute (message, ATTRIBUTE_REALM, REALM, strlen (REALM));
    append_attribute (message, ATTRIBUTE_NONCE, "once", 4);
  }
  message->data[0] = ALLOCATE_ERROR >> 8;
  message->data[1] = ALLOCATE_ERROR & 0xff;
  message->data[2] = (message->len - HEADER_LENGTH) >> 8;
  message->data[3] = (message->len - HEADER_LENGTH) & 0xff;
  g_socket_send_to (
      self->socket, to, (const char *) message->data, message->len, NULL, NULL);
}

static void
take_allocate (
    TurnListener *self, const guint8 *message, gsize size, GSocketAddress *from)
{
  gsize length;
  const guint8 *user =
      find_attribute (message, size, ATTRIBUTE_USERNAME, &length);
  gboolean is_known;

  if (user == NULL) {
    refuse (self, message, 401, from);
    return;
  }
  is_known = length == strlen (self->user)
      && memcmp (user, self->user, length) == 0
      && has_right_password (self, message, size);
  g_mutex_lock (&self->lock);
  if (is_known)
    self->n_users++;
  else
    self->n_strangers++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  refuse (self, message, is_known ? 403 : 401, from);
}

static void
note_from (TurnListener *self, GSocketAddress *from)
{
  char *text = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from)));

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->froms, text);
  g_mutex_unlock (&self->lock);
}

static gpointer
serve (gpointer data)
{
  TurnListener *self = data;
  guint8 message[2048];

  for (;;) {
    g_autoptr (GSocketAddress) from = NULL;
    gssize size = g_socket_receive_from (self->socket, &from, (char *) message,
        sizeof (message), self->cancellable, NULL);

    if (g_cancellable_is_cancelled (self->cancellable))
      return NULL;
    if (size < HEADER_LENGTH)
      continue;
    note_from (self, from);
    if (read_16 (message) == ALLOCATE_REQUEST) {
      take_allocate (self, message, (gsize) size, from);
    } else if (read_16 (message) == BINDING_REQUEST) {
      g_mutex_lock (&self->lock);
      self->n_bindings++;
      g_cond_broadcast (&self->cond);
      g_mutex_unlock (&self->lock);
    }
  }
}

TurnListener *
turn_listener_new (const char *address, const char *user, const char *password)
{
  TurnListener *self = g_new0 (TurnListener, 1);
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  g_autoptr (GSocketAddress) here = g_inet_socket_address_new (inet, 0);
  g_autoptr (GError) error = NULL;

  self->user = g_strdup (user);
  self->password = g_strdup (password);
  self->cancellable = g_cancellable_new ();
  self->froms = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->socket = g_socket_new (g_inet_address_get_family (inet),
      G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_socket_bind (self->socket, here, FALSE, &error);
  g_assert_no_error (error);
  self->thread = g_thread_new ("turn-listener", serve, self);
  return self;
}

void
turn_listener_free (TurnListener *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->socket);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->froms);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

guint
turn_listener_get_port (TurnListener *self)
{
  g_autoptr (GSocketAddress) here =
      g_socket_get_local_address (self->socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here));
}

static gboolean
wait_for (TurnListener *self, const guint *count, gint64 deadline)
{
  gboolean came;

  g_mutex_lock (&self->lock);
  while (!(came = *count > 0)
      && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  g_mutex_unlock (&self->lock);
  return came;
}

gboolean
turn_listener_wait_binding (TurnListener *self, gint64 deadline)
{
  return wait_for (self, &self->n_bindings, deadline);
}

gboolean
turn_listener_wait_user (TurnListener *self, gint64 deadline)
{
  return wait_for (self, &self->n_users, deadline);
}

guint
turn_listener_count_strangers (TurnListener *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_strangers;
  g_mutex_unlock (&self->lock);
  return n;
}

guint
turn_listener_count_others (TurnListener *self, const char *address)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->froms->len; i++) {
    if (!g_str_equal (g_ptr_array_index (self->froms, i), address))
      n++;
  }
  g_mutex_unlock (&self->lock);
  return n;
}
