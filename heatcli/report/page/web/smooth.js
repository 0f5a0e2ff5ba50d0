/** Smoothing of heat maps, as `heatcli/heat/smoothing.py` has it. */

/** What smoothing is measured in: cells of a grid, or parts of the reach; and where the Gaussian ends. */
const DEFAULT_COLUMNS = 160;
const PARTS_OF_REACH = 40;
const TRUNCATE_SIGMAS = 4;

/** @typedef {import("./heat.js").Grid} Grid */

/**
 * Smooth a grid with a Gaussian whose total stays the same: what crosses an edge is reflected.
 *
 * @param {Grid} grid
 * @param {number} smoothing strength, 0..199, as `heatcli render --smoothing`; 0 is none
 * @param {number} reach reach of the grid's values as a fraction of its width; 0 for none
 * @returns {Grid}
 */
export function smoothed(grid, smoothing, reach) {
  if (!smoothing) return grid;
  // OpenCV's sigma for a kernel of `smoothing | 1` pixels, in cells of the default grid or in parts of the reach.
  const unit = grid.columns * (reach ? reach / PARTS_OF_REACH : 1 / DEFAULT_COLUMNS);
  const sigma = ((((smoothing | 1) - 1) / 2 - 1) * 0.3 + 0.8) * unit;
  const {rows, columns} = grid;
  const across = blur(grid.values, {sigma, lines: rows, length: columns, line: columns, step: 1});
  const values = blur(across, {sigma, lines: columns, length: rows, line: 1, step: columns});
  return {...grid, values};
}

/**
 * Smooth lines of cells, mirrored at both ends: c b a | a b c | c b a.
 *
 * @param {Float64Array} values
 * @param {{sigma: number, lines: number, length: number, line: number, step: number}} layout number and length of the
 *     lines, and how far apart the first cells of two lines, and two cells of a line, are
 * @returns {Float64Array}
 */
function blur(values, {sigma, lines, length, line, step}) {
  const radius = Math.floor(TRUNCATE_SIGMAS * sigma + 0.5);
  const weights = Float64Array.from({length: 2 * radius + 1}, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const source = Int32Array.from({length: length + 2 * radius}, (_, i) => {
    const at = (((i - radius) % (2 * length)) + 2 * length) % (2 * length);
    return at < length ? at : 2 * length - 1 - at;
  });
  const result = new Float64Array(values.length);
  for (let nth = 0; nth < lines; nth++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let j = 0; j < weights.length; j++) sum += weights[j] * values[nth * line + source[i + j] * step];
      result[nth * line + i * step] = sum / total;
    }
  }
  return result;
}
