/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-host-check.h"

#include <gio/gio.h>
#include <string.h>

/* A page of anywhere can have the name it came from resolved to this server the
 * next time ("DNS rebinding"), and is then of the server's own origin. What it
 * cannot do is to have another name in its requests. So a name must be known to
 * be the server's, while an address was never asked of anybody. */

/* The name or address without the port; NULL if it is none. */
static char *
dup_name (const char *host)
{
  const char *end;
  const char *port;

  if (host[0] == '[') {
    end = strchr (host, ']');
    if (end == NULL)
      return NULL;
    port = end + 1;
    host++;
  } else {
    end = port = host + strcspn (host, ":");
  }
  if (port[0] == ':')
    port += 1 + strspn (port + 1, "0123456789");
  return port[0] == '\0' && end > host ? g_strndup (host, (gsize) (end - host))
                                       : NULL;
}

static gboolean
is_allowed (const char *host, const char *name, const char *const *allowed)
{
  for (; allowed != NULL && *allowed != NULL; allowed++) {
    if (strcmp (*allowed, "*") == 0 || g_ascii_strcasecmp (*allowed, host) == 0
        || g_ascii_strcasecmp (*allowed, name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* "localhost" and what is below it are nobody else's (RFC 6761, section 6.3). */
static gboolean
is_localhost (const char *name)
{
  const char *top = strrchr (name, '.');

  return g_ascii_strcasecmp (top != NULL ? top + 1 : name, "localhost") == 0;
}

/* As it is called itself, and as multicast DNS calls it. */
static gboolean
is_machine (const char *name, const char *machine)
{
  g_autofree char *label = g_strndup (machine, strcspn (machine, "."));
  g_autofree char *local = g_strconcat (label, ".local", NULL);

  return label[0] != '\0'
      && (g_ascii_strcasecmp (name, machine) == 0
          || g_ascii_strcasecmp (name, label) == 0
          || g_ascii_strcasecmp (name, local) == 0);
}

/* Whether a request with that Host, a port included, may be for this server:
 * @machine is the name of the machine, and @allowed, which may be NULL, are
 * names that it has beside, with or without a port. "*" is any. */
gboolean
sio_host_check (
    const char *host, const char *machine, const char *const *allowed)
{
  g_autofree char *name = dup_name (host);

  return name != NULL
      && (g_hostname_is_ip_address (name) || is_localhost (name)
          || is_machine (name, machine) || is_allowed (host, name, allowed));
}
