/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

void web_page_answer (SoupServerMessage *message, const char *path);

G_END_DECLS
