/** What is within reach of each place of a map, as `heatcli/heat/reach.py` has it: discs of cells. */

/** Parts of the square of a cell's width: squares of distances are whole numbers of them. */
const SCALE = 2 ** 20;

/** Least number of cells in a radius: coarser cells are divided, up to so many columns. */
const LEAST_CELLS = 8;
const MOST_COLUMNS = 1280;

/** @typedef {import("./path.js").Cells} Cells */

/**
 * The circle around the centre of each cell of a map whose people count for the cell.
 *
 * @typedef {object} Reach
 * @property {Cells} grid cells of the map
 * @property {Cells} fine cells in which positions are told apart: an odd number of times as many
 * @property {number} times how many of them are across a cell of the map
 * @property {number} radius lines of the disc above its middle one
 * @property {number[]} half how many cells of `fine` each line goes on to either side, from the uppermost line
 * @property {(across: number, down: number) => boolean} meet whether discs so far apart have cells in common
 */

/**
 * Make the circles of a map, each round in square pixels.
 *
 * @param {number} reach radius as a fraction of the frame's width; 0 to count in the cells themselves
 * @param {Cells} grid
 * @param {{width: number, height: number, sample_aspect: number}} frame
 * @returns {Reach}
 */
export function reachOf(reach, grid, {width, height, sample_aspect}) {
  const squash = (height * grid.columns) / (grid.rows * width * sample_aspect);
  const radius = reach * grid.columns;
  let times = 1;
  while (radius > 0 && radius * times < LEAST_CELLS && grid.columns * (times + 2) <= MOST_COLUMNS) times += 2;
  const fine = {rows: grid.rows * times, columns: grid.columns * times};
  const limit = Math.floor((radius * times) ** 2 * SCALE + 0.5);
  const tall = Math.max(1, Math.floor(squash ** 2 * SCALE + 0.5));
  const lines = Math.min(Math.floor(Math.sqrt(Math.floor(limit / tall))), fine.rows - 1);
  const half = Array.from({length: 2 * lines + 1}, (_, line) => {
    const left = Math.floor((limit - tall * (line - lines) ** 2) / SCALE);
    return Math.min(Math.floor(Math.sqrt(left)), fine.columns - 1);
  });
  const meet = (/** @type {number} */ across, /** @type {number} */ down) =>
    SCALE * across ** 2 + tall * down ** 2 <= 4 * limit;
  return {grid, fine, times, radius: lines, half, meet};
}

/**
 * Call a function for each line of the disc around a cell, as far as it is in the grid.
 *
 * @param {Reach} reach
 * @param {number} cell index of the cell in the middle
 * @param {(first: number, end: number) => void} visit gets the index of the first cell, and the one after the last
 */
export function eachLine({fine, half, radius}, cell, visit) {
  const row = Math.floor(cell / fine.columns);
  const column = cell - row * fine.columns;
  const last = Math.min(row + radius, fine.rows - 1);
  for (let to = Math.max(row - radius, 0); to <= last; to++) {
    const wide = half[to - row + radius];
    const begin = to * fine.columns;
    visit(begin + Math.max(column - wide, 0), begin + Math.min(column + wide + 1, fine.columns));
  }
}

/**
 * Add to sums what is in the disc around each cell.
 *
 * @param {Reach} reach
 * @param {Float64Array} amounts what is in each cell; whole numbers stay exact
 * @param {Float64Array} sums
 */
export function addAround({fine: {rows, columns}, half, radius}, amounts, sums) {
  const along = new Float64Array(columns + 1);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) along[i + 1] = along[i] + amounts[row * columns + i];
    if (along[columns] === 0) continue;
    const last = Math.min(row + radius, rows - 1);
    for (let to = Math.max(row - radius, 0); to <= last; to++) {
      const wide = half[to - row + radius];
      for (let i = 0; i < columns; i++) {
        sums[to * columns + i] += along[Math.min(i + wide + 1, columns)] - along[Math.max(i - wide, 0)];
      }
    }
  }
}

/**
 * Return the values at the centres of the map's cells.
 *
 * @param {Reach} reach
 * @param {Float64Array} values values of all `fine` cells
 * @returns {Float64Array}
 */
export function atCentres({grid, fine, times}, values) {
  const middle = (times - 1) / 2;
  return Float64Array.from({length: grid.rows * grid.columns}, (_, cell) => {
    const row = Math.floor(cell / grid.columns);
    const column = cell - row * grid.columns;
    return values[(row * times + middle) * fine.columns + column * times + middle];
  });
}
