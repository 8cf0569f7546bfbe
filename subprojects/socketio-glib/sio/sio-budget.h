/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Memory that many share, each by what it holds. */
typedef struct _SioBudget SioBudget;

SioBudget *sio_budget_new (void);
SioBudget *sio_budget_ref (SioBudget *self);
void sio_budget_unref (SioBudget *self);
void sio_budget_set_max (SioBudget *self, gsize max);
gsize sio_budget_get_used (SioBudget *self);

/* It is to give back all that it holds, and not to want more. */
typedef void (*SioShareFunc) (gpointer data);

/* One's part of it. All zero is a part of none, of which everything can be
 * had. */
typedef struct {
  SioBudget *budget;
  GList link;
  gsize bytes;
  SioShareFunc revoked;
  gpointer data;
} SioShare;

void sio_share_init (
    SioShare *self, SioBudget *budget, SioShareFunc revoked, gpointer data);
void sio_share_clear (SioShare *self);
gboolean sio_share_set (SioShare *self, gsize bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioBudget, sio_budget_unref)

G_END_DECLS
