/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/* The certificate of localhost and 127.0.0.1 in tests/data/tls, its own authority. */
char *local_certificate_get_path (void);
GTlsCertificate *local_certificate_load (void);
