/** Time in which somebody is within reach: the union of discs, as `heatcli/heat/union.py` has it. */

import {addAround, eachLine} from "./reach.js";

/** @typedef {import("./reach.js").Reach} Reach */

/** Adds up discs moment by moment. Those that meet no other of their moment are added up last, all at once. */
export class Occupied {
  /**
   * @param {Reach} reach
   * @param {Float64Array} sums
   */
  constructor(reach, sums) {
    this.reach = reach;
    this.sums = sums;
    this.alone = new Float64Array(sums.length);
    /** The row of each cell of a moment, and whether its disc meets another. */
    this.rows = new Int32Array(0);
    this.meets = new Uint8Array(0);
    /** The last moment in which each cell was in a disc. */
    this.lastMoment = new Int32Array(sums.length).fill(-1);
  }

  /**
   * Add what is occupied in a moment.
   * @param {number} moment
   * @param {Int32Array} cells cells in which there is somebody; sorted here
   * @param {number} length
   */
  add(moment, cells, length) {
    const {reach, alone} = this;
    const {columns} = reach.fine;
    const count = cells.length;
    if (count > this.rows.length) {
      this.rows = new Int32Array(2 * count);
      this.meets = new Uint8Array(2 * count);
    }
    const {rows, meets} = this;
    sortFew(cells);
    for (let i = 0; i < count; i++) {
      rows[i] = Math.floor(cells[i] / columns);
      meets[i] = 0;
    }
    for (let i = 0; i < count; i++) {
      if (i > 0 && cells[i] === cells[i - 1]) continue;
      for (let j = i + 1; j < count && rows[j] - rows[i] <= 2 * reach.radius; j++) {
        const down = rows[j] - rows[i];
        if (reach.meet(cells[j] - cells[i] - down * columns, down)) meets[i] = meets[j] = 1;
      }
      if (meets[i]) this.#stamp(moment, cells[i], length);
      else alone[cells[i]] += length;
    }
  }

  /** Add up the discs that met no other. */
  finish() {
    addAround(this.reach, this.alone, this.sums);
  }

  /**
   * Add a disc, but for what is in another one of that moment.
   * @param {number} moment
   * @param {number} cell
   * @param {number} length
   */
  #stamp(moment, cell, length) {
    const {sums, lastMoment} = this;
    eachLine(this.reach, cell, (first, end) => {
      for (let at = first; at < end; at++) {
        if (lastMoment[at] !== moment) sums[at] += length;
        lastMoment[at] = moment;
      }
    });
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
