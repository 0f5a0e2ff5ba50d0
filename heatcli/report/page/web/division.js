// How a period is divided in charts: into its buckets or, where only one of them counts, into the parts of that one.

/** @typedef {import("./content.d.ts").Kind} Kind */
/** @typedef {import("./unpack.js").Camera} Camera */

/**
 * Parts of time in order, each made of pieces of time.
 * @typedef {object} Division
 * @property {string[]} labels labels of the parts.
 * @property {Int32Array} of part that each piece of time is in; -1 for none.
 * @property {Kind} kind kind of a report that has such parts, by which their labels are read.
 */

// What one bucket of a report consists of: hours of a day, days of a month.
/** @type {Partial<Record<Kind, Kind>>} */
const FINER = {weekly: "daily", monthly: "daily", annual: "monthly"};

/**
 * Divide what is chosen of a camera's period.
 * @param {Camera} camera
 * @param {string[]} labels labels of the buckets of the period.
 * @param {[number, number]} range first of the chosen buckets, and the one after the last.
 * @param {Kind} kind kind of the report.
 * @returns {Division}
 */
export function divisionOf(camera, labels, [first, last], kind) {
  const finer = FINER[kind];
  const {count, bucket} = camera.pieces;
  if (!finer || last - first !== 1) return {labels, of: bucket, kind};
  const of = new Int32Array(count).fill(-1);
  /** @type {Array<{text: string, offset: number}>} */
  const parts = [];
  let begun = NaN;
  for (let piece = 0; piece < count; piece++) {
    if (bucket[piece] !== first) continue;
    const {wall, offset} = camera.pieces;
    // An hour that the clock shows twice differs from the one before in its offset only.
    const begin = finer === "daily" ? 1440 * wall[piece] + offset[piece] : Math.floor(wall[piece] / 1440);
    if (begin !== begun) {
      const clock = new Date(wall[piece] * 60_000).toISOString();
      parts.push({text: finer === "daily" ? `${clock.slice(0, 10)} ${clock.slice(11, 16)}` : clock.slice(0, 10), offset: offset[piece]});
    }
    begun = begin;
    of[piece] = parts.length - 1;
  }
  const texts = parts.map(({text}) => text);
  const named = parts.map(({text, offset}) => (texts.filter((one) => one === text).length > 1 ? text + offsetText(offset) : text));
  return {labels: named, of, kind: finer};
}

/**
 * Write an offset from UTC as the command line does: `+02:00`.
 * @param {number} minutes
 * @returns {string}
 */
function offsetText(minutes) {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((one) => String(one).padStart(2, "0"));
  return `${minutes < 0 ? "-" : "+"}${hours}:${rest}`;
}
