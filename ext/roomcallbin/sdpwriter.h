/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpdescription.h"

G_BEGIN_DECLS

GstSDPMessage *sdp_writer_build (const SdpDescription *description);

G_END_DECLS
