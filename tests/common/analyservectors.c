/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyservectors.h"

#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>

static gchar *
data_path (const gchar *name)
{
  return g_build_filename (
      g_getenv ("G_TEST_SRCDIR"), "data", "analyser", name, NULL);
}

static GBytes *
load (const gchar *name)
{
  g_autofree gchar *path = data_path (name);
  gchar *contents;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return NULL;
  return g_bytes_new_take (contents, length);
}

static GBytes *
load_answer (const gchar *name, const gchar *what)
{
  g_autofree gchar *path = g_strdup_printf ("cases/%s.%s", name, what);

  return load (path);
}

/* Returns: (element-type GStrv): the rows of a table, without its head */
static GPtrArray *
load_table (const gchar *name)
{
  g_autofree gchar *path = data_path (name);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (lines[i][0] != '#' && lines[i][0] != '\0')
      g_ptr_array_add (rows, g_strsplit (lines[i], "\t", -1));
  return rows;
}

static void
vector_free (gpointer data)
{
  AnalyserVector *self = data;

  g_free (self->name);
  g_bytes_unref (self->signal);
  g_bytes_unref (self->positions);
  g_bytes_unref (self->bytes);
  g_bytes_unref (self->decibels);
  g_clear_pointer (&self->time, g_bytes_unref);
  g_free (self);
}

static AnalyserVector *
vector_new (gchar **row, GPtrArray *signals)
{
  AnalyserVector *self = g_new0 (AnalyserVector, 1);

  self->name = g_strdup (row[0]);
  self->fft_size = (guint) atoi (row[2]);
  self->smoothing = g_ascii_strtod (row[3], NULL);
  self->min_decibels = g_ascii_strtod (row[4], NULL);
  self->max_decibels = g_ascii_strtod (row[5], NULL);
  self->bins = (guint) atoi (row[6]);
  self->reads = (guint) atoi (row[7]);
  if (strchr (row[8], '/')) {
    self->fps_n = atoi (row[8]);
    self->fps_d = atoi (strchr (row[8], '/') + 1);
  }

  for (guint i = 0; i < signals->len; i++) {
    gchar **columns = g_ptr_array_index (signals, i);

    if (!g_str_equal (columns[0], row[1]))
      continue;
    self->signal = load (columns[1]);
    self->is_float = g_str_equal (columns[2], "F32LE");
    self->rate = (guint) atoi (columns[3]);
    self->channels = (guint) atoi (columns[4]);
  }
  self->positions = load_answer (self->name, "pos.u32le");
  self->bytes = load_answer (self->name, "u8");
  self->decibels = load_answer (self->name, "db.f32le");
  self->time = load_answer (self->name, "time.u8");

  g_assert_nonnull (self->signal);
  g_assert_cmpuint (g_bytes_get_size (self->positions), ==, self->reads * 4);
  g_assert_cmpuint (
      g_bytes_get_size (self->bytes), ==, self->reads * self->bins);
  g_assert_cmpuint (
      g_bytes_get_size (self->decibels), ==, self->reads * self->bins * 4);
  return self;
}

GPtrArray *
analyser_vectors_load (void)
{
  g_autoptr (GPtrArray) signals = load_table ("signals.tsv");
  g_autoptr (GPtrArray) cases = load_table ("cases.tsv");
  GPtrArray *vectors = g_ptr_array_new_with_free_func (vector_free);

  for (guint i = 0; i < cases->len; i++)
    g_ptr_array_add (
        vectors, vector_new (g_ptr_array_index (cases, i), signals));
  return vectors;
}

static guint32
be32 (const guint8 *p)
{
  return (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8
      | p[3];
}

/* PNG 1.2 section 6.6 */
static guint8
paeth (gint a, gint b, gint c)
{
  gint pa = abs (b - c), pb = abs (a - c), pc = abs (a + b - 2 * c);

  if (pa <= pb && pa <= pc)
    return (guint8) a;
  return (guint8) (pb <= pc ? b : c);
}

static void
unfilter (guint8 *out, const guint8 *above, const guint8 *in, gsize stride)
{
  guint8 filter = *in++;

  for (gsize i = 0; i < stride; i++) {
    gint a = i >= 4 ? out[i - 4] : 0;
    gint b = above ? above[i] : 0;
    gint c = above && i >= 4 ? above[i - 4] : 0;
    gint predicted = 0;

    if (filter == 1)
      predicted = a;
    else if (filter == 2)
      predicted = b;
    else if (filter == 3)
      predicted = (a + b) / 2;
    else if (filter == 4)
      predicted = paeth (a, b, c);
    out[i] = (guint8) (in[i] + predicted);
  }
}

guint8 *
analyser_vectors_load_png (const gchar *name, guint *width, guint *height)
{
  g_autofree gchar *path = g_strconcat ("pixels/", name, NULL);
  g_autoptr (GBytes) file = load (path);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GZlibDecompressor) zlib =
      g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autofree guint8 *rows = NULL;
  gsize length, stride, used, written;
  const guint8 *p, *end;
  guint8 *pixels;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (file);
  p = g_bytes_get_data (file, &length);
  end = p + length;
  *width = be32 (p + 16);
  *height = be32 (p + 20);
  g_assert_cmpuint (p[24], ==, 8); /* bits */
  g_assert_cmpuint (p[25], ==, 6); /* RGBA */
  g_assert_cmpuint (p[28], ==, 0); /* not interlaced */

  for (p += 8; p + 12 <= end; p += be32 (p) + 12)
    if (memcmp (p + 4, "IDAT", 4) == 0)
      g_byte_array_append (packed, p + 8, be32 (p));

  stride = *width * 4;
  rows = g_malloc ((stride + 1) * *height);
  g_converter_convert (G_CONVERTER (zlib), packed->data, packed->len, rows,
      (stride + 1) * *height, G_CONVERTER_INPUT_AT_END, &used, &written,
      &error);
  g_assert_no_error (error);
  g_assert_cmpuint (written, ==, (stride + 1) * *height);

  pixels = g_malloc (stride * *height);
  for (guint y = 0; y < *height; y++)
    unfilter (pixels + y * stride, y ? pixels + (y - 1) * stride : NULL,
        rows + y * (stride + 1), stride);
  return pixels;
}
