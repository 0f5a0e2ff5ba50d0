/**
 * Which cells a straight line enters: the supercover, as `heatcli/heat/path.py` has it.
 *
 * A position lies in one cell, its floor. Where a line passes a corner it changes column and row at the same point
 * and touches both neighbours.
 */

/** Closer to a corner than this, in cells, the side is decided in exact arithmetic. */
const DOUBT = 1e-9;

/** @typedef {{rows: number, columns: number}} Cells */

/**
 * Name the cells that a line enters on its way: all that it touches but the one that it starts in.
 *
 * @param {number} x0 start of the line, in cells across
 * @param {number} y0 start of the line, in cells down
 * @param {number} x1 end of the line, in cells across
 * @param {number} y1 end of the line, in cells down
 * @param {Cells} grid
 * @param {(cell: number) => void} touch listener for the index of each cell; some may be named more than once
 */
export function crossCells(x0, y0, x1, y1, grid, touch) {
  // The far edge of the frame counts as the last cell.
  const column0 = Math.min(Math.floor(x0), grid.columns - 1);
  const column1 = Math.min(Math.floor(x1), grid.columns - 1);
  const row0 = Math.min(Math.floor(y0), grid.rows - 1);
  const row1 = Math.min(Math.floor(y1), grid.rows - 1);
  // Columns change at vertical borders, rows at horizontal ones.
  borders(x0, y0, x1, y1, column0, column1, row0, row1, (column, row) => touch(row * grid.columns + column));
  borders(y0, x0, y1, x1, row0, row1, column0, column1, (row, column) => touch(row * grid.columns + column));
}

/**
 * Name the cells that are entered at borders along the axis u, which change `from` into `to` on it.
 *
 * @param {number} u0 start of the line
 * @param {number} v0
 * @param {number} u1 end of the line
 * @param {number} v1
 * @param {number} from
 * @param {number} to
 * @param {number} low first or last cell of the line along the axis v
 * @param {number} high the other one
 * @param {(u: number, v: number) => void} name
 */
function borders(u0, v0, u1, v1, from, to, low, high, name) {
  const forward = to > from;
  const [lowest, highest] = low < high ? [low, high] : [high, low];
  const clip = (/** @type {number} */ lane) => Math.max(lowest, Math.min(lane, highest));
  for (let i = 0; i < Math.abs(to - from); i++) {
    const border = forward ? from + 1 + i : from - i;
    const entered = forward ? border : border - 1;
    const v = v0 + ((border - u0) / (u1 - u0)) * (v1 - v0);
    const corner = Math.round(v);
    if (v0 === v1 || Math.abs(v - corner) >= DOUBT) {
      name(entered, clip(Math.floor(v)));
      continue;
    }
    const side = beyond(u0, v0, u1, v1, border, corner);
    name(entered, clip(side < 0n ? corner - 1 : corner));
    if (side === 0n) name(entered, clip(corner - 1));
  }
}

/**
 * Tell how far a line is beyond a corner where it meets the corner's border: exactly, but for a positive factor.
 *
 * @param {number} u0
 * @param {number} v0
 * @param {number} u1
 * @param {number} v1
 * @param {number} border
 * @param {number} corner
 * @returns {bigint}
 */
function beyond(u0, v0, u1, v1, border, corner) {
  const [fu, fv, tu, tv, bu, cv] = [u0, v0, u1, v1, border, corner].map(exact);
  const across = (bu - fu) * (tv - fv) - (cv - fv) * (tu - fu);
  return tu > fu ? across : -across;
}

/**
 * Return a number in units of 2 ** -200: all of its digits, as no position in a frame is as small as 2 ** -147.
 *
 * @param {number} value
 * @returns {bigint}
 */
function exact(value) {
  return BigInt(value * 2 ** 200);
}
