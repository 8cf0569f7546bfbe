/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <sio/sio-http-answer.h>

/* The answer to a request, in one piece and byte by byte: what comes of it is
 * the same. */

#define MAX_BODY 64

typedef struct {
  SioHttpAnswer *answer;
  SioHttpResult result;
} Outcome;

static Outcome
read_answer (const guint8 *data, gsize size, gsize step)
{
  Outcome outcome = { .answer = sio_http_answer_new (MAX_BODY) };

  for (gsize at = 0; at < size && outcome.result != SIO_HTTP_BROKEN;
       at += step) {
    g_autoptr (GError) error = NULL;

    outcome.result = sio_http_answer_push (
        outcome.answer, data + at, MIN (step, size - at), &error);
    g_assert_true ((outcome.result == SIO_HTTP_BROKEN) == (error != NULL));
  }
  if (outcome.result == SIO_HTTP_MORE) {
    g_autoptr (GError) error = NULL;

    outcome.result = sio_http_answer_end (outcome.answer, &error);
    g_assert_true ((outcome.result == SIO_HTTP_BROKEN) == (error != NULL));
  }
  return outcome;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Outcome whole = read_answer (data, size, MAX (size, 1));
  Outcome pieces = read_answer (data, size, 1);
  GByteArray *body = sio_http_answer_get_body (whole.answer);
  GByteArray *other = sio_http_answer_get_body (pieces.answer);

  g_assert_cmpint (whole.result, ==, pieces.result);
  g_assert_cmpuint (MAX (body->len, other->len), <=, MAX_BODY);
  /* How far a broken one was read is another matter. */
  if (whole.result == SIO_HTTP_COMPLETE) {
    g_assert_cmpmem (body->data, body->len, other->data, other->len);
    g_assert_cmpuint (sio_http_answer_get_status (whole.answer), ==,
        sio_http_answer_get_status (pieces.answer));
  }
  sio_http_answer_free (whole.answer);
  sio_http_answer_free (pieces.answer);
  return 0;
}
