/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-budget.h"

struct _SioBudget {
  gsize max; /* bytes; 0 = no limit */
  gsize used;
  GQueue shares; /* of SioShare, those that hold something */
};

SioBudget *
sio_budget_new (void)
{
  return g_rc_box_new0 (SioBudget);
}

SioBudget *
sio_budget_ref (SioBudget *self)
{
  return g_rc_box_acquire (self);
}

void
sio_budget_unref (SioBudget *self)
{
  g_rc_box_release (self);
}

/* In bytes, 0 is no limit. Takes nothing from anybody before more is wanted. */
void
sio_budget_set_max (SioBudget *self, gsize max)
{
  self->max = max;
}

gsize
sio_budget_get_used (SioBudget *self)
{
  return self->used;
}

/* @revoked is called with @data. */
void
sio_share_init (
    SioShare *self, SioBudget *budget, SioShareFunc revoked, gpointer data)
{
  *self = (SioShare){
    .budget = sio_budget_ref (budget),
    .link.data = self,
    .revoked = revoked,
    .data = data,
  };
}

void
sio_share_clear (SioShare *self)
{
  if (self->budget == NULL)
    return;
  sio_share_set (self, 0);
  g_clear_pointer (&self->budget, sio_budget_unref);
}

static void
put (SioShare *self, gsize bytes)
{
  SioBudget *budget = self->budget;

  if (self->bytes == 0 && bytes > 0)
    g_queue_push_tail_link (&budget->shares, &self->link);
  else if (self->bytes > 0 && bytes == 0)
    g_queue_unlink (&budget->shares, &self->link);
  budget->used += bytes - self->bytes;
  self->bytes = bytes;
}

static SioShare *
find_largest (SioBudget *self)
{
  SioShare *largest = NULL;

  for (GList *link = self->shares.head; link != NULL; link = link->next) {
    SioShare *share = link->data;

    if (largest == NULL || share->bytes >= largest->bytes)
      largest = share;
  }
  return largest;
}

/* Holds so many bytes from now on, in all. If that is more than there is, the
 * largest share is revoked, whoever wanted more: who holds little is not hurt by
 * those who hold much. FALSE if that is @self; then it holds nothing, and its
 * own function is not called. */
gboolean
sio_share_set (SioShare *self, gsize bytes)
{
  SioBudget *budget = self->budget;

  if (budget == NULL)
    return TRUE;
  put (self, bytes);
  while (budget->max > 0 && budget->used > budget->max && bytes > 0) {
    SioShare *largest = find_largest (budget);

    put (largest, 0);
    if (largest == self)
      return FALSE;
    largest->revoked (largest->data);
  }
  return TRUE;
}
