/** Heat maps: the metrics of `heatcli/heat/metrics.py`, and their smoothing. */

import {crossCells} from "./path.js";

/** @typedef {import("./choose.js").Choice} Choice */

/** Longest time between two points of a person for which the line between them is taken as the path. */
const LONGEST_STEP_US = 1_000_000;

/** The grid that smoothing is measured in, and where the Gaussian ends. */
const DEFAULT_COLUMNS = 160;
const TRUNCATE_SIGMAS = 4;

/** @typedef {import("./path.js").Cells} Cells */

/** @typedef {"dwell_time" | "avg_occupancy" | "occupancy_pct" | "unique_visits"} Metric */

/**
 * Values over the frame, row by row. NaN everywhere where nothing was covered and the metric is a rate.
 *
 * @typedef {object} Grid
 * @property {number} rows
 * @property {number} columns
 * @property {Float64Array} values
 * @property {Metric} metric
 * @property {string} unit
 */

const UNITS = {
  dwell_time: "object-seconds",
  avg_occupancy: "objects",
  occupancy_pct: "percent",
  unique_visits: "count",
};

/** What each metric adds up in each cell. */
const SUMS = {
  dwell_time: presentTime,
  avg_occupancy: presentTime,
  occupancy_pct: occupiedTime,
  unique_visits: visits,
};

/**
 * Compute a metric over a grid.
 *
 * @param {Choice} choice
 * @param {{metric?: Metric, columns?: number}} options `columns`: cells across
 * @returns {Grid} grid before smoothing
 */
export function heatGrid(choice, {metric = "dwell_time", columns = DEFAULT_COLUMNS} = {}) {
  const {width, height} = choice.camera;
  const grid = {columns, rows: Math.max(1, roundHalfEven((columns * height) / width))};
  const sums = SUMS[metric];
  const values = new Float64Array(grid.rows * columns);
  sums(choice, grid, values);
  const covered = choice.covered_us;
  const known = covered || metric === "dwell_time" || metric === "unique_visits";
  if (metric === "dwell_time") scale(values, (sum) => sum / 1e6);
  if (metric === "avg_occupancy") scale(values, (sum) => sum / covered);
  if (metric === "occupancy_pct") scale(values, (sum) => (sum / covered) * 100);
  if (!known) values.fill(NaN);
  return {...grid, values, metric, unit: UNITS[metric]};
}

/**
 * @param {Float64Array} values
 * @param {(value: number) => number} change
 */
function scale(values, change) {
  for (let i = 0; i < values.length; i++) values[i] = change(values[i]);
}

/**
 * Round as Python does.
 *
 * @param {number} value
 * @returns {number}
 */
function roundHalfEven(value) {
  const nearest = Math.round(value);
  return Math.abs(value % 1) === 0.5 && nearest % 2 ? nearest - 1 : nearest;
}

/**
 * Function that returns where a row is, in cells across or down.
 *
 * @typedef {(row: number) => number} Where
 */

/**
 * Call a function for each run that counts, with what turns steps into cells.
 *
 * @param {Choice} choice
 * @param {Cells} grid
 * @param {(run: number, across: Where, down: Where) => void} visit
 */
function eachRun({camera, shown}, grid, visit) {
  const {x, y, runs, sizes} = camera;
  const pixels = 1 / camera.steps_per_pixel;
  // The order of operations is that of `Grid.positions`, so that results are the same to the last bit.
  const across = sizes.map(([width]) => (/** @type {number} */ row) => ((x[row] * pixels) / width) * grid.columns);
  const down = sizes.map(([, height]) => (/** @type {number} */ row) => ((y[row] * pixels) / height) * grid.rows);
  for (let run = 0; run < runs.count; run++) {
    if (shown[run]) visit(run, across[runs.size[run]], down[runs.size[run]]);
  }
}

/**
 * Return the cell of a position: its floor; the far edge belongs to the last cell.
 *
 * @param {Cells} grid
 * @param {number} across
 * @param {number} down
 * @returns {number}
 */
function cellAt(grid, across, down) {
  return Math.min(Math.floor(down), grid.rows - 1) * grid.columns + Math.min(Math.floor(across), grid.columns - 1);
}

/**
 * Add up µs of all persons.
 *
 * @param {Choice} choice
 * @param {Cells} grid
 * @param {Float64Array} sums
 */
function presentTime(choice, grid, sums) {
  const {runs, moments} = choice.camera;
  eachRun(choice, grid, (run, across, down) => {
    const toMoment = runs.moment[run] - runs.row[run];
    for (let row = runs.row[run]; row < runs.row[run + 1]; row++) {
      const moment = row + toMoment;
      sums[cellAt(grid, across(row), down(row))] += moments.end[moment] - moments.begin[moment];
    }
  });
}

/**
 * Add up µs in which at least one person is there: cells of each piece of time are sorted by moment, and counted once.
 *
 * @param {Choice} choice
 * @param {Cells} grid
 * @param {Float64Array} sums
 */
function occupiedTime(choice, grid, sums) {
  const {runs, moments, pieces} = choice.camera;
  const first = pieces.firstMoment;
  /** @type {Array<Array<{run: number, across: Where, down: Where}>>} */
  const shown = Array.from({length: pieces.count}, () => []);
  eachRun(choice, grid, (run, across, down) => shown[runs.piece[run]].push({run, across, down}));
  const lastMoment = new Int32Array(sums.length).fill(-1);
  for (let piece = 0; piece < pieces.count; piece++) {
    const next = new Int32Array(first[piece + 1] - first[piece] + 1);
    for (const {run} of shown[piece]) {
      const rows = runs.row[run + 1] - runs.row[run];
      const at = runs.moment[run] - first[piece];
      for (let i = 0; i < rows; i++) next[at + i + 1]++;
    }
    for (let i = 1; i < next.length; i++) next[i] += next[i - 1];
    const cells = new Int32Array(next[next.length - 1]);
    for (const {run, across, down} of shown[piece]) {
      const toMoment = runs.moment[run] - runs.row[run] - first[piece];
      for (let row = runs.row[run]; row < runs.row[run + 1]; row++) {
        cells[next[row + toMoment]++] = cellAt(grid, across(row), down(row));
      }
    }
    // By now `next` of a moment is where the following one begins.
    for (let moment = first[piece], i = 0; moment < first[piece + 1]; moment++) {
      const length = moments.end[moment] - moments.begin[moment];
      for (; i < next[moment - first[piece]]; i++) {
        if (lastMoment[cells[i]] !== moment) sums[cells[i]] += length;
        lastMoment[cells[i]] = moment;
      }
    }
  }
}

/**
 * Count distinct persons whose path touches the cell.
 *
 * @param {Choice} choice
 * @param {Cells} grid
 * @param {Float64Array} sums
 */
function visits(choice, grid, sums) {
  const {runs, moments} = choice.camera;
  const lastPerson = new Int32Array(sums.length).fill(-1);
  let person = -1;
  /** @type {Path} */
  const path = {time: [], x: [], y: []};
  const touch = (/** @type {number} */ cell) => {
    if (lastPerson[cell] !== person) sums[cell]++;
    lastPerson[cell] = person;
  };
  eachRun(choice, grid, (run, across, down) => {
    if (runs.person[run] !== person) {
      walk(path, grid, touch);
      for (const values of Object.values(path)) values.length = 0;
      person = runs.person[run];
    }
    const toMoment = runs.moment[run] - runs.row[run];
    for (let row = runs.row[run]; row < runs.row[run + 1]; row++) {
      path.time.push(moments.time[row + toMoment]);
      path.x.push(across(row));
      path.y.push(down(row));
    }
  });
  walk(path, grid, touch);
}

/**
 * One person's points, in the order in which they count.
 *
 * @typedef {{time: number[], x: number[], y: number[]}} Path
 */

/**
 * Name the cells that a path touches: those of its points, and those on the way from one to the next.
 *
 * @param {Path} path
 * @param {Cells} grid
 * @param {(cell: number) => void} touch
 */
function walk({time, x, y}, grid, touch) {
  // If clips overlap, rows of one that begins earlier may come later.
  const order = new Uint32Array(time.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  if (time.some((one, i) => one < time[i - 1])) order.sort((i, j) => time[i] - time[j] || i - j);
  let last = -1;
  let lastCell = -1;
  for (const i of order) {
    const cell = cellAt(grid, x[i], y[i]);
    if (cell !== lastCell) {
      touch(cell);
      if (last >= 0 && time[i] - time[last] <= LONGEST_STEP_US) crossCells(x[last], y[last], x[i], y[i], grid, touch);
    }
    last = i;
    lastCell = cell;
  }
}

/**
 * Smooth a grid with a Gaussian whose total stays the same: what crosses an edge is reflected.
 *
 * @param {Grid} grid
 * @param {number} smoothing strength, 0..199, as `heatcli render --smoothing`; 0 is none
 * @returns {Grid}
 */
export function smoothed(grid, smoothing) {
  if (!smoothing) return grid;
  // OpenCV's sigma for a kernel of `smoothing | 1` pixels, in cells of the default grid.
  const sigma = (((((smoothing | 1) - 1) / 2 - 1) * 0.3 + 0.8) * grid.columns) / DEFAULT_COLUMNS;
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
