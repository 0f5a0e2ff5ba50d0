/** Reading what `pack.py` packs: its docstring has the layout. */

const SCHEMA = 2;

/** Rows of a run that share a bounding box: most places miss most boxes, and so need not look at their rows. */
const BLOCK_ROWS = 32;

/** @typedef {import("./content.d.ts").Columns} Columns */
/** @typedef {import("./content.d.ts").Packed} Packed */

/**
 * Numbers of a camera as arrays. Rows are sorted by person and time. Times are UTC µs as plain numbers.
 *
 * @typedef {object} Arrays
 * @property {Pieces} pieces
 * @property {Moments} moments
 * @property {Uint8Array} reasonOf 0 for each person who counts; 1 + index into `reasons` for others
 * @property {Runs} runs
 * @property {Blocks} blocks
 * @property {Int32Array} x place of each row across the frame, in steps
 * @property {Int32Array} y place of each row down the frame, in steps
 * @property {Crossings} crossings
 */

/**
 * Who crossed the configured lines, in the order of the lines: one element of each array for each crossing.
 *
 * @typedef {object} Crossings
 * @property {Float64Array} line
 * @property {Float64Array} person
 * @property {Float64Array} toRight 1 from the left to the right of the line, else 0
 * @property {Float64Array} left piece of time in which the person was last seen on the side before
 * @property {Float64Array} sure piece of time in which the person was first seen on the new side for good
 */

/**
 * One camera: fields that stay as they are packed, and its numbers.
 *
 * @typedef {import("./content.d.ts").Plain & Arrays} Camera
 */

/**
 * Pieces of time in order, without gaps between them. No filter cuts a piece: each is a set of whole pieces.
 *
 * @typedef {object} Pieces
 * @property {number} count
 * @property {Float64Array} selected µs that were asked for
 * @property {Float64Array} covered µs of those that were watched
 * @property {Uint8Array} hour hour of the local clock
 * @property {Float64Array} wall local time at which that hour begins, in minutes since 1970 by that clock
 * @property {Float64Array} offset offset of that clock from UTC, in minutes
 * @property {Int32Array} bucket
 * @property {Int32Array} firstMoment first moment of each piece, and the number of moments
 */

/**
 * Stretches of time in which the same rows count from begin to end; they do not overlap.
 *
 * @typedef {object} Moments
 * @property {number} count
 * @property {Float64Array} begin
 * @property {Float64Array} end
 * @property {Float64Array} time time at which the rows themselves begin, at or before `begin`
 */

/**
 * What one person does from moment to moment without an absence, within a piece of time and a size of frame.
 *
 * @typedef {object} Runs
 * @property {number} count
 * @property {Int32Array} person
 * @property {Int32Array} piece
 * @property {Uint8Array} size
 * @property {Int32Array} moment moment of the first row; each further row is in the next moment
 * @property {Int32Array} row first row of each run, and the number of rows
 * @property {Int32Array} block first block of each run, and the number of blocks
 */

/**
 * Rows of one run that follow each other, and where they all are, in steps.
 *
 * @typedef {object} Blocks
 * @property {number} count
 * @property {Int32Array} row first row of each block, and the number of rows
 * @property {Int32Array} left
 * @property {Int32Array} right
 * @property {Int32Array} top
 * @property {Int32Array} bottom
 */

/**
 * Unpack a camera.
 *
 * @param {Packed} packed one of what `pack_cameras` returns
 * @returns {Promise<Camera>}
 */
export async function unpackCamera(packed) {
  if (packed.schema !== SCHEMA) {
    throw new Error(`this page reads points of schema ${SCHEMA}, got ${packed.schema}`);
  }
  const {data, columns, ...plain} = packed;
  const column = readColumns(await inflate(data), columns);
  const pieces = piecesOf(column);
  const moments = momentsOf(column);
  const {x, y} = positions(column, plain.rows);
  const runs = runsOf(column, pieces);
  const blocks = blocksOf(runs, x, y);
  const crossings = {
    line: column.crossing_line, person: column.crossing_person, toRight: column.crossing_to_right,
    left: column.crossing_left, sure: column.crossing_sure,
  };
  return {...plain, pieces, moments, runs, blocks, x, y, crossings, reasonOf: Uint8Array.from(column.person_reason)};
}

/**
 * Undo base64 and zlib.
 *
 * @param {string} base64
 * @returns {Promise<Uint8Array>}
 */
async function inflate(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Read the numbers of each column.
 *
 * @param {Uint8Array} bytes
 * @param {Packed["columns"]} columns
 * @returns {Columns}
 */
function readColumns(bytes, columns) {
  const found = /** @type {Columns} */ ({});
  let at = 0;
  for (const [name, count, order] of columns) {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      let byte = bytes[at++];
      if (byte < 128) { // true of most; whole numbers of 32 bits are twice as fast as larger ones
        values[i] = (byte >> 1) ^ -(byte & 1);
        continue;
      }
      let number = byte & 127;
      for (let place = 128; byte > 127; place *= 128) {
        byte = bytes[at++];
        number += (byte & 127) * place;
      }
      values[i] = number % 2 ? -(number + 1) / 2 : number / 2;
    }
    for (let nth = 0; nth < order; nth++) addUp(values);
    found[name] = values;
  }
  return found;
}

/** @param {Float64Array} values */
function addUp(values) {
  for (let i = 1; i < values.length; i++) values[i] += values[i - 1];
}

/**
 * Find where each of some parts begins, and the sum of their lengths.
 *
 * @param {Float64Array} lengths
 * @returns {Int32Array}
 */
function firsts(lengths) {
  const found = new Int32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) found[i + 1] = found[i] + lengths[i];
  return found;
}

/**
 * @param {Columns} column
 * @returns {Pieces}
 */
function piecesOf(column) {
  return {
    count: column.piece_bucket.length,
    selected: column.piece_selected,
    covered: column.piece_covered,
    hour: Uint8Array.from(column.piece_wall, (minutes) => Math.floor(minutes / 60) % 24),
    wall: column.piece_wall,
    offset: column.piece_offset,
    bucket: Int32Array.from(column.piece_bucket),
    firstMoment: firsts(column.piece_moments),
  };
}

/**
 * @param {Columns} column
 * @returns {Moments}
 */
function momentsOf(column) {
  const count = column.moment_gap.length;
  const begin = new Float64Array(count);
  const end = new Float64Array(count);
  const time = new Float64Array(count);
  let last = 0;
  for (let i = 0; i < count; i++) {
    begin[i] = last + column.moment_gap[i];
    time[i] = begin[i] - column.moment_lead[i];
    end[i] = last = begin[i] + column.moment_length[i];
  }
  return {count, begin, end, time};
}

/**
 * Find the position of each row: knots have their own, and the rows between two knots are evenly spaced on a line.
 *
 * @param {Columns} column
 * @param {number} rows
 * @returns {{x: Int32Array, y: Int32Array}}
 */
function positions(column, rows) {
  const {knot_rows: steps, knot_x, knot_y} = column;
  const x = new Int32Array(rows);
  const y = new Int32Array(rows);
  let row = 0;
  for (let i = 0; i < steps.length; i++) {
    const n = steps[i];
    const x0 = knot_x[i];
    const y0 = knot_y[i];
    for (let j = 0; j < n; j++, row++) {
      const part = j / n;
      x[row] = j ? Math.round(x0 + (knot_x[i + 1] - x0) * part) : x0;
      y[row] = j ? Math.round(y0 + (knot_y[i + 1] - y0) * part) : y0;
    }
  }
  return {x, y};
}

/**
 * @param {Columns} column
 * @param {Pieces} pieces
 * @returns {Runs}
 */
function runsOf(column, pieces) {
  const moment = Int32Array.from(column.run_moment);
  const pieceOf = new Int32Array(pieces.firstMoment[pieces.count]);
  for (let i = 0; i < pieces.count; i++) pieceOf.fill(i, pieces.firstMoment[i], pieces.firstMoment[i + 1]);
  const block = firsts(column.run_rows.map((count) => Math.ceil(count / BLOCK_ROWS)));
  return {
    count: moment.length,
    person: Int32Array.from(column.run_person),
    piece: moment.map((number) => pieceOf[number]),
    size: Uint8Array.from(column.run_size),
    moment,
    row: firsts(column.run_rows),
    block,
  };
}

/**
 * @param {Runs} runs
 * @param {Int32Array} x place of each row across the frame, in steps
 * @param {Int32Array} y place of each row down the frame, in steps
 * @returns {Blocks}
 */
function blocksOf(runs, x, y) {
  const count = runs.block[runs.count];
  const row = new Int32Array(count + 1);
  const [left, right, top, bottom] = Array.from({length: 4}, () => new Int32Array(count));
  for (let run = 0; run < runs.count; run++) {
    for (let block = runs.block[run]; block < runs.block[run + 1]; block++) {
      const first = runs.row[run] + (block - runs.block[run]) * BLOCK_ROWS;
      const end = Math.min(first + BLOCK_ROWS, runs.row[run + 1]);
      row[block + 1] = end;
      left[block] = right[block] = x[first];
      top[block] = bottom[block] = y[first];
      for (let i = first + 1; i < end; i++) {
        if (x[i] < left[block]) left[block] = x[i];
        if (x[i] > right[block]) right[block] = x[i];
        if (y[i] < top[block]) top[block] = y[i];
        if (y[i] > bottom[block]) bottom[block] = y[i];
      }
    }
  }
  return {count, row, left, right, top, bottom};
}
