/** The hottest places of a map, each as a zone that grows from its peak: as `heatcli/zones/hot.py` finds them. */

/** @typedef {import("./heat.js").Grid} Grid */
/** @typedef {import("./shapes.js").Point} Point */

/** Heat at the edge of a zone, as a fraction of its peak. */
const EXTENT = 0.5;
/** Least dip between a peak and any hotter one, as a fraction of its heat. */
const DIP = 0.1;
/** Heat is rounded to this fraction of the hottest cell: less than that is a matter of the order of summation. */
const STEPS = 1e9;

/** @typedef {{name: string, shape: {polygon: Point[]}, peak: Point}} Place */

/**
 * Find the hottest places of a map.
 *
 * @param {Grid} grid smoothed map without negative values.
 * @param {{places: number, least: number}} limits most places to find; least heat of a peak, as a fraction of the
 *     hottest one.
 * @returns {Place[]} `hot-1`, `hot-2`, …, the hottest first.
 */
export function hottestPlaces({rows, columns, values}, {places, least}) {
  const hottest = values.reduce((most, value) => Math.max(most, value), 0);
  if (!(hottest > 0)) return [];
  const heat = values.map((value) => Math.round((value / hottest) * STEPS) / STEPS);
  const cells = {rows, columns, heat};
  const basin = watershed(cells);
  const peaks = [...new Set(basin)].filter((peak) => peak >= 0 && heat[peak] >= least);
  peaks.sort((one, other) => heat[other] - heat[one] || one - other);
  return peaks.slice(0, places).map((peak, place) => ({
    name: `hot-${place + 1}`,
    shape: {polygon: outline(around(peak, cells, (cell) => basin[cell] === peak && heat[cell] >= EXTENT * heat[peak]), cells)},
    // Around somebody who stands still, a whole circle is equally hot: its middle is meant.
    peak: middle(cells, (cell) => basin[cell] === peak && heat[cell] === heat[peak]),
  }));
}

/** @typedef {{rows: number, columns: number, heat: Float64Array}} Cells */

/**
 * Return the mean of the centres of some cells, as fractions of the frame.
 * @param {Cells} cells
 * @param {(cell: number) => boolean} isMeant
 * @returns {Point}
 */
function middle({rows, columns, heat}, isMeant) {
  let [count, x, y] = [0, 0, 0];
  for (let cell = 0; cell < heat.length; cell++) {
    if (!isMeant(cell)) continue;
    count++;
    x += cell % columns;
    y += Math.floor(cell / columns);
  }
  return [(x / count + 0.5) / columns, (y / count + 0.5) / rows];
}

/**
 * Find the peak of every cell.
 * @param {Cells} cells
 * @returns {Int32Array} index of each cell's peak; -1 where there is no heat.
 */
function watershed(cells) {
  const {heat} = cells;
  // Each cell points to one that is at least as hot, and so on up to the peak, which points to itself.
  const up = Int32Array.from(heat, (_, cell) => cell);
  const done = new Uint8Array(heat.length);
  const peakOf = (/** @type {number} */ cell) => {
    while (up[cell] !== cell) cell = up[cell] = up[up[cell]];
    return cell;
  };
  const order = Array.from(heat, (_, cell) => cell).sort((one, other) => heat[other] - heat[one] || one - other);
  for (const cell of order) {
    if (heat[cell] <= 0) break;
    done[cell] = 1;
    const above = beside(cell, cells).filter((other) => done[other]);
    if (!above.length) continue;
    up[cell] = above.reduce((best, other) => (heat[other] > heat[best] ? other : best));
    // Peaks meet in this cell. The hottest of them stays; each other one stays only if the dip is deep.
    const [first, ...others] = [...new Set(above.map(peakOf))].sort((one, other) => heat[other] - heat[one] || one - other);
    for (const peak of others) if (heat[cell] > (1 - DIP) * heat[peak]) up[peak] = first;
  }
  return Int32Array.from(heat, (_, cell) => (done[cell] ? peakOf(cell) : -1));
}

/**
 * Return the cells that share an edge with a cell.
 * @param {number} cell
 * @param {Cells} cells
 * @returns {number[]}
 */
function beside(cell, {rows, columns}) {
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  const found = [];
  if (row > 0) found.push(cell - columns);
  if (column > 0) found.push(cell - 1);
  if (column < columns - 1) found.push(cell + 1);
  if (row < rows - 1) found.push(cell + columns);
  return found;
}

/**
 * Mark the cells that are connected to a peak by edges.
 * @param {number} peak
 * @param {Cells} cells
 * @param {(cell: number) => boolean} isInside
 * @returns {Uint8Array} 1 for each of them.
 */
function around(peak, cells, isInside) {
  const found = new Uint8Array(cells.heat.length);
  const left = [peak];
  for (let cell = left.pop(); cell !== undefined; cell = left.pop()) {
    if (found[cell]) continue;
    found[cell] = 1;
    left.push(...beside(cell, cells).filter(isInside));
  }
  return found;
}

/**
 * Trace the outline of connected cells. A hole is joined to the outer edge by a line that is followed both ways.
 * @param {Uint8Array} inside
 * @param {Cells} cells
 * @returns {Point[]}
 */
function outline(inside, {rows, columns}) {
  const [outer, ...holes] = loops(inside, rows, columns);
  const corners = [...outer, ...holes.flatMap((hole) => [outer[0], ...hole, hole[0]])];
  return corners.map(([x, y]) => [x / columns, y / rows]);
}

/**
 * Chain the edges between cells inside and cells outside, without corners on straight stretches.
 * @param {Uint8Array} inside
 * @param {number} rows
 * @param {number} columns
 * @returns {Point[][]}
 */
function loops(inside, rows, columns) {
  const is = (/** @type {number} */ row, /** @type {number} */ column) =>
    row >= 0 && row < rows && column >= 0 && column < columns && inside[row * columns + column] === 1;
  // A corner is numbered by column, then row: the smallest number is that of the leftmost of the corners.
  const number = (/** @type {number} */ x, /** @type {number} */ y) => x * (rows + 1) + y;
  /** @type {Map<number, number[]>} */
  const follows = new Map();
  const edge = (/** @type {number} */ begin, /** @type {number} */ end) => {
    const ends = follows.get(begin);
    if (ends) ends.push(end);
    else follows.set(begin, [end]);
  };
  // Clockwise on the screen: along the top to the right, down the right side, and so on.
  /** @type {Array<[number, number, [number, number], [number, number]]>} */
  const sides = [[-1, 0, [0, 0], [1, 0]], [0, 1, [1, 0], [1, 1]], [1, 0, [1, 1], [0, 1]], [0, -1, [0, 1], [0, 0]]];
  for (const [down, across, begin, end] of sides) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (!is(row, column) || is(row + down, column + across)) continue;
        edge(number(column + begin[0], row + begin[1]), number(column + end[0], row + end[1]));
      }
    }
  }
  const found = [];
  while (follows.size) {
    const start = Math.min(...follows.keys());
    /** @type {Point[]} */
    const loop = [];
    let corner = start;
    do {
      loop.push([Math.floor(corner / (rows + 1)), corner % (rows + 1)]);
      const ends = /** @type {number[]} */ (follows.get(corner));
      const next = /** @type {number} */ (ends.pop());
      if (!ends.length) follows.delete(corner);
      corner = next;
    } while (corner !== start);
    found.push(loop.filter(([x, y], place) => {
      const [x0, y0] = loop.at(place - 1) ?? [0, 0];
      const [x1, y1] = loop[(place + 1) % loop.length];
      return (x - x0) * (y1 - y) !== (y - y0) * (x1 - x);
    }));
  }
  return found;
}
