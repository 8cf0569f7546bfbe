/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ICE_URI_ERROR (ice_uri_error_quark ())

/**
 * IceUriError:
 * @ICE_URI_ERROR_SCHEME: another scheme than stun, turn and turns
 * @ICE_URI_ERROR_HOST: no host name, and no address
 * @ICE_URI_ERROR_PORT: a port that is none
 * @ICE_URI_ERROR_QUERY: something else than a transport behind the address
 * @ICE_URI_ERROR_USER: user and password are missing, or not wanted
 *
 * The texts hold nothing of the address, which may have a password in it.
 */
typedef enum {
  ICE_URI_ERROR_SCHEME,
  ICE_URI_ERROR_HOST,
  ICE_URI_ERROR_PORT,
  ICE_URI_ERROR_QUERY,
  ICE_URI_ERROR_USER,
} IceUriError;

/**
 * IceUriScheme:
 * @ICE_URI_STUN: a STUN server
 * @ICE_URI_TURN: a TURN server
 * @ICE_URI_TURNS: a TURN server over TLS
 */
typedef enum {
  ICE_URI_STUN,
  ICE_URI_TURN,
  ICE_URI_TURNS,
} IceUriScheme;

/**
 * IceUri:
 * @scheme: what it is
 * @host: a name, or an address without brackets
 * @port: 1 to 65535
 * @is_tcp: whether it is spoken to over TCP
 *
 * The address of a STUN or TURN server: RFC 7064, RFC 7065. Pure.
 */
typedef struct {
  IceUriScheme scheme;
  char *host;
  guint port;
  gboolean is_tcp;
} IceUri;

GQuark ice_uri_error_quark (void);

IceUri *ice_uri_parse (const char *text, GError **error);
IceUri *ice_uri_parse_with_user (
    const char *text, char **user, char **password, GError **error);
IceUri *ice_uri_copy (const IceUri *self);
void ice_uri_free (IceUri *self);

char *ice_uri_dup_place (const IceUri *self);
char *ice_uri_to_string (const IceUri *self);
char *ice_uri_to_string_with_user (
    const IceUri *self, const char *user, const char *password);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IceUri, ice_uri_free)

G_END_DECLS
