/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "puppet.h"

/* Where a list of ICE servers is fetched from, and what is answered there: on the
 * puppet's own server, or on another one (is_other, is_secure). */
typedef struct {
  Puppet *puppet;
  SoupServer *server;           /* the puppet's own, or another one */
  GSocketService *service;      /* of another one */
  GTlsCertificate *certificate; /* of a secure one */
  gboolean is_other;
  gboolean is_secure;
  char *address;
  guint status;
  const char *body;
  const char *headers; /* "Name: value" */
  gboolean is_silent;
  /* Answers that were not given yet */
  GPtrArray *unanswered;
  GAsyncQueue *asked; /* for each request the header field X-Token */
} Source;

/* Fills in what the test left out. */
void source_open (Source *self);
void source_close (Source *self);
/* Waits for a request with this header field X-Token. */
void source_is_asked (Source *self, const char *token);

/* A dialect in which nothing is said. */
#define PRESENT_DIALECT "dialect=broadcast variables=\"v,role=answerer\""

/* One that fetches from the source; @settings as gst-launch-1.0 has them. */
Member *member_asking (Source *source, const char *settings);
/* In the room; what was told of servers was told before. */
void member_enters (Member *self);
