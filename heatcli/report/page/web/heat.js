/** Heat maps: the metrics of `heatcli/heat/metrics.py`. */

import {Occupied} from "./occupied.js";
import {crossCells} from "./path.js";
import {addAround, atCentres, eachLine, reachOf} from "./reach.js";

/** @typedef {import("./choose.js").Choice} Choice */

/** Longest time between two points of a person for which the line between them is taken as the path. */
const LONGEST_STEP_US = 1_000_000;

const DEFAULT_COLUMNS = 160;

/** @typedef {import("./path.js").Cells} Cells */
/** @typedef {import("./reach.js").Reach} Reach */

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

/** What each metric adds up around each cell. */
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
 * @param {{metric?: Metric, columns?: number, reach?: number}} options `columns`: cells across; `reach`: radius around
 *     each cell's centre in which people count, as a fraction of the frame's width, or 0 for the cell itself
 * @returns {Grid} grid before smoothing
 */
export function heatGrid(choice, {metric = "dwell_time", columns = DEFAULT_COLUMNS, reach = 0} = {}) {
  const {width, height} = choice.camera;
  const grid = {columns, rows: Math.max(1, roundHalfEven((columns * height) / width))};
  const circles = reachOf(reach, grid, choice.camera);
  const sums = new Float64Array(circles.fine.rows * circles.fine.columns);
  SUMS[metric](choice, circles, sums);
  const values = atCentres(circles, sums);
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
 * Tell whether a position was clipped to the frame: somebody whom the edge of the picture cuts stands beyond it, and no
 * map shows them.
 *
 * @param {Cells} grid
 * @param {number} across
 * @param {number} down
 * @returns {boolean}
 */
function isBeyond({columns, rows}, across, down) {
  return across <= 0 || across >= columns || down <= 0 || down >= rows;
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
 * @param {Reach} reach
 * @param {Float64Array} sums
 */
function presentTime(choice, reach, sums) {
  const {runs, moments} = choice.camera;
  const inCells = new Float64Array(sums.length);
  eachRun(choice, reach.fine, (run, across, down) => {
    const toMoment = runs.moment[run] - runs.row[run];
    for (let row = runs.row[run]; row < runs.row[run + 1]; row++) {
      if (isBeyond(reach.fine, across(row), down(row))) continue;
      const moment = row + toMoment;
      inCells[cellAt(reach.fine, across(row), down(row))] += moments.end[moment] - moments.begin[moment];
    }
  });
  addAround(reach, inCells, sums);
}

/**
 * Add up µs in which at least one person is there: cells of each piece of time are sorted by moment.
 *
 * @param {Choice} choice
 * @param {Reach} reach
 * @param {Float64Array} sums
 */
function occupiedTime(choice, reach, sums) {
  const {runs, moments, pieces} = choice.camera;
  const grid = reach.fine;
  const occupied = new Occupied(reach, sums);
  const first = pieces.firstMoment;
  /** @type {Array<Array<{run: number, across: Where, down: Where}>>} */
  const shown = Array.from({length: pieces.count}, () => []);
  eachRun(choice, grid, (run, across, down) => shown[runs.piece[run]].push({run, across, down}));
  for (let piece = 0; piece < pieces.count; piece++) {
    const next = new Int32Array(first[piece + 1] - first[piece] + 1);
    for (const {run, across, down} of shown[piece]) {
      const toMoment = runs.moment[run] - runs.row[run] - first[piece];
      for (let row = runs.row[run]; row < runs.row[run + 1]; row++) {
        if (!isBeyond(grid, across(row), down(row))) next[row + toMoment + 1]++;
      }
    }
    for (let i = 1; i < next.length; i++) next[i] += next[i - 1];
    const cells = new Int32Array(next[next.length - 1]);
    for (const {run, across, down} of shown[piece]) {
      const toMoment = runs.moment[run] - runs.row[run] - first[piece];
      for (let row = runs.row[run]; row < runs.row[run + 1]; row++) {
        if (isBeyond(grid, across(row), down(row))) continue;
        cells[next[row + toMoment]++] = cellAt(grid, across(row), down(row));
      }
    }
    // By now `next` of a moment is where the following one begins.
    for (let moment = first[piece], i = 0; moment < first[piece + 1]; moment++) {
      const end = next[moment - first[piece]];
      if (i < end) occupied.add(cells.subarray(i, end), moments.end[moment] - moments.begin[moment]);
      i = end;
    }
  }
  occupied.finish();
}

/**
 * Count distinct persons whose path touches the disc.
 *
 * @param {Choice} choice
 * @param {Reach} reach
 * @param {Float64Array} sums
 */
function visits(choice, reach, sums) {
  const {runs, moments} = choice.camera;
  const grid = reach.fine;
  // The last person who touched each cell, and the disc around it.
  const lastThere = new Int32Array(sums.length).fill(-1);
  const lastNear = new Int32Array(sums.length).fill(-1);
  let person = -1;
  /** @type {Path} */
  const path = {time: [], x: [], y: []};
  const touch = (/** @type {number} */ cell) => {
    if (lastThere[cell] === person) return;
    lastThere[cell] = person;
    eachLine(reach, cell, (first, end) => {
      for (let at = first; at < end; at++) {
        if (lastNear[at] !== person) sums[at]++;
        lastNear[at] = person;
      }
    });
  };
  eachRun(choice, grid, (run, across, down) => {
    if (runs.person[run] !== person) {
      walk(path, grid, touch);
      for (const values of Object.values(path)) values.length = 0;
      person = runs.person[run];
    }
    const toMoment = runs.moment[run] - runs.row[run];
    for (let row = runs.row[run]; row < runs.row[run + 1]; row++) {
      if (isBeyond(grid, across(row), down(row))) continue;
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
