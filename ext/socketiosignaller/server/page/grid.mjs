/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grid of tiles: each as large as the room there is allows. */

const GAP = 12; /* px, as in call.css */
const WIDEST = 16 / 9;
const SQUAREST = 6 / 5; /* a picture is cut no further than that ... */
const TALLEST = 3 / 4; /* ... or that, where the window is upright */
const SMALLEST = 150; /* px; with more people than fit at that, the grid scrolls */

/**
 * How `count` tiles, none wider or taller than those ratios, cover most of a
 * rectangle; pure.
 * @returns {{columns: number, width: number, height: number}} of one tile, in px
 */
export function fitTiles(count, width, height, { gap = GAP, narrow = SQUAREST, wide = WIDEST } = {}) {
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const across = (width - gap * (columns - 1)) / columns;
    const down = (height - gap * (rows - 1)) / rows;
    const tile = {
      columns,
      width: Math.max(0, Math.floor(Math.min(across, down * wide))),
      height: Math.max(0, Math.floor(Math.min(down, across / narrow))),
    };
    if (tile.width * tile.height > best.width * best.height)
      best = tile;
  }
  return best;
}

export class Grid {
  #list;
  #tiles = [];

  constructor(list) {
    this.#list = list;
    new ResizeObserver(() => this.#fit()).observe(list);
  }

  /** The others come before oneself: on a phone not all are seen at once. */
  add(tile, { last = false } = {}) {
    if (last)
      this.#tiles.push(tile);
    else
      this.#tiles.splice(Math.max(0, this.#tiles.length - 1), 0, tile);
    this.#list.insertBefore(tile.element,
      this.#tiles[this.#tiles.indexOf(tile) + 1]?.element ?? null);
    this.#fit();
  }

  remove(tile) {
    const index = this.#tiles.indexOf(tile);
    if (index >= 0)
      this.#tiles.splice(index, 1);
    tile.remove();
    this.#fit();
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#list;
    if (clientWidth === 0 || this.#tiles.length === 0)
      return;
    const upright = clientWidth < clientHeight;
    let { width, height } = fitTiles(this.#tiles.length, clientWidth, clientHeight,
      { narrow: upright ? TALLEST : SQUAREST });
    if (width < Math.min(SMALLEST, clientWidth)) {
      width = Math.min(SMALLEST, clientWidth);
      height = Math.round(width / SQUAREST);
    }
    this.#list.style.setProperty('--tile-width', `${width}px`);
    this.#list.style.setProperty('--tile-height', `${height}px`);
    /* What scrolls can be scrolled by keys. */
    if (this.#list.scrollHeight > this.#list.clientHeight)
      this.#list.tabIndex = 0;
    else
      this.#list.removeAttribute('tabindex');
  }
}
