/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-arena.h"

static SioManager *
new_pinning_manager (Arena *arena)
{
  g_autoptr (GTlsCertificate) other = arena_load_certificate ("ca.pem");
  SioManager *manager = arena_new_manager (arena, "localhost", TRUE);

  g_object_set (manager, "pinned-certificate", other, NULL);
  return manager;
}

/* What one connection trusted, the next must not: glib-networking resumes the
 * session for it without a look at the certificate. It does not do so in a
 * program that called g_test_init(), so this one does not. */
int
main (void)
{
  Arena arena = { .port = 0 };

  arena_set_up (&arena, NULL);
  for (int i = 0; i < 3; i++) {
    arena_assert_connects (
        &arena, arena_new_manager (&arena, "localhost", TRUE));
    arena_assert_refuses (
        &arena, arena_new_manager (&arena, "localhost", FALSE));
    arena_assert_refuses (&arena, new_pinning_manager (&arena));
  }
  arena_tear_down (&arena, NULL);
  g_print ("1..1\nok 1 /tls/resumption\n");
  return 0;
}
