/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sio/sio-ack.h>
#include <sio/sio-bytes.h>
#include <sio/sio-error.h>
#include <sio/sio-json-reader.h>
#include <sio/sio-json-writer.h>
#include <sio/sio-limits.h>
#include <sio/sio-manager.h>
#include <sio/sio-namespace.h>
#include <sio/sio-reason.h>
#include <sio/sio-server.h>
#include <sio/sio-server-socket.h>
#include <sio/sio-socket.h>
