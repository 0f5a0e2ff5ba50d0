/** Time in which somebody is within reach: the union of discs, as `heatcli/heat/union.py` has it. */

import {addAround} from "./reach.js";

/** @typedef {import("./reach.js").Reach} Reach */

/**
 * Adds up discs moment by moment. Those that meet no other of their moment are added up last, all at once; of those
 * that meet, each line of the grid gets the stretches that at least one of them covers.
 */
export class Occupied {
  /**
   * @param {Reach} reach
   * @param {Float64Array} sums
   */
  constructor(reach, sums) {
    this.reach = reach;
    this.sums = sums;
    this.alone = new Float64Array(sums.length);
    /** Change of the sum from each cell to the next, line by line. */
    this.edges = new Float64Array(reach.fine.rows * (reach.fine.columns + 1));
    /** The row of each cell of a moment, and whether its disc meets another. */
    this.rows = new Int32Array(0);
    this.meets = new Uint8Array(0);
    /** The row and column of the discs that meet, and the first column of each in a line; sorted by that. */
    this.row = new Int32Array(0);
    this.column = new Int32Array(0);
    this.left = new Int32Array(0);
  }

  /**
   * Add what is occupied in a moment.
   * @param {Int32Array} cells cells in which there is somebody; sorted here
   * @param {number} length
   */
  add(cells, length) {
    const {reach, alone} = this;
    const {columns} = reach.fine;
    const count = cells.length;
    if (count > this.rows.length) {
      this.rows = new Int32Array(2 * count);
      this.meets = new Uint8Array(2 * count);
      this.row = new Int32Array(2 * count);
      this.column = new Int32Array(2 * count);
      this.left = new Int32Array(2 * count);
    }
    const {rows, meets} = this;
    sortFew(cells);
    for (let i = 0; i < count; i++) {
      rows[i] = Math.floor(cells[i] / columns);
      meets[i] = 0;
    }
    let meeting = 0;
    for (let i = 0; i < count; i++) {
      if (i > 0 && cells[i] === cells[i - 1]) continue;
      for (let j = i + 1; j < count && rows[j] - rows[i] <= 2 * reach.radius; j++) {
        const down = rows[j] - rows[i];
        if (reach.meet(cells[j] - cells[i] - down * columns, down)) meets[i] = meets[j] = 1;
      }
      if (meets[i]) {
        this.row[meeting] = rows[i];
        this.column[meeting++] = cells[i] - rows[i] * columns;
      } else alone[cells[i]] += length;
    }
    if (meeting) this.#unite(meeting, rows[0], rows[count - 1], length);
  }

  /** Add up all discs. */
  finish() {
    const {reach, alone, edges, sums} = this;
    const {rows, columns} = reach.fine;
    addAround(reach, alone, sums);
    for (let row = 0; row < rows; row++) {
      let covered = 0;
      for (let i = 0; i < columns; i++) sums[row * columns + i] += covered += edges[row * (columns + 1) + i];
    }
  }

  /**
   * Add the union of the discs that meet.
   * @param {number} count number of them
   * @param {number} top row of the uppermost one, or above it
   * @param {number} bottom row of the lowest one, or below it
   * @param {number} length
   */
  #unite(count, top, bottom, length) {
    const {reach: {fine, half, radius}, edges, row, column, left} = this;
    const last = Math.min(bottom + radius, fine.rows - 1);
    for (let to = Math.max(top - radius, 0); to <= last; to++) {
      // The order hardly changes from line to line: few steps sort it. Discs that do not reach this line come last.
      for (let i = 0; i < count; i++) {
        const atRow = row[i];
        const atColumn = column[i];
        const first = Math.abs(to - atRow) > radius ? fine.columns : Math.max(atColumn - half[to - atRow + radius], 0);
        let at = i;
        for (; at > 0 && left[at - 1] > first; at--) {
          row[at] = row[at - 1];
          column[at] = column[at - 1];
          left[at] = left[at - 1];
        }
        row[at] = atRow;
        column[at] = atColumn;
        left[at] = first;
      }
      const begin = to * (fine.columns + 1);
      let reached = -1;
      for (let i = 0; i < count && left[i] < fine.columns; i++) {
        const end = Math.min(column[i] + half[to - row[i] + radius] + 1, fine.columns);
        if (end <= reached) continue;
        if (left[i] > reached) {
          if (reached >= 0) edges[begin + reached] -= length;
          edges[begin + left[i]] += length;
        }
        reached = end;
      }
      if (reached >= 0) edges[begin + reached] -= length;
    }
  }
}

/**
 * Sort in place: for the few numbers of a moment this is quicker than the browser's own sorting.
 * @param {Int32Array} numbers
 */
function sortFew(numbers) {
  for (let i = 1; i < numbers.length; i++) {
    const one = numbers[i];
    let at = i;
    for (; at > 0 && numbers[at - 1] > one; at--) numbers[at] = numbers[at - 1];
    numbers[at] = one;
  }
}
