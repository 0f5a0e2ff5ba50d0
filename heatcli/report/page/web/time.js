// Which part of the period counts: a range of its buckets, hours of the day, a saved view.

/** @typedef {import("./state.js").Choices} Choices */

// Length of the local time in the label of an hour that the clock shows twice: `2026-10-25 02:00+02:00`.
const CLOCK = 16;

/**
 * Return the labels of all buckets of some cameras, sorted by local time.
 * @param {Array<{buckets: string[]}>} cameras cameras in whatever time zones.
 * @returns {string[]}
 */
export function allLabels(cameras) {
  // If the clock shows an hour twice, the one with the larger offset from UTC is earlier. Before both comes the hour
  // that other clocks show once.
  const begin = (/** @type {string} */ label) => Date.parse(`1970-01-01T00:00${label.slice(CLOCK) || "+23:59"}`);
  return [...new Set(cameras.flatMap(({buckets}) => buckets))].sort((one, other) => {
    const [clock, otherClock] = [one.slice(0, CLOCK), other.slice(0, CLOCK)];
    if (clock !== otherClock) return clock < otherClock ? -1 : 1;
    return begin(one) - begin(other);
  });
}

/**
 * Find the chosen buckets of a camera. A label that only a camera in another time zone has stands for its local time:
 * an hour that this camera's clock shows twice is chosen both times.
 * @param {string[]} labels labels of all its buckets, in order.
 * @param {Choices} now
 * @returns {[number, number]} first bucket, and the one after the last; never the same.
 */
export function bucketRange(labels, now) {
  const clocks = labels.map((label) => label.slice(0, CLOCK));
  const find = (/** @type {string} */ label, /** @type {(clock: string) => number} */ otherwise) => {
    const place = labels.indexOf(label);
    return place < 0 ? otherwise(label.slice(0, CLOCK)) : place;
  };
  const first = now.from ? find(now.from, (from) => clocks.findIndex((clock) => clock >= from)) : 0;
  const last = now.to ? find(now.to, (to) => clocks.findLastIndex((clock) => clock <= to)) : labels.length - 1;
  return [Math.max(first, 0), Math.max(last, first, 0) + 1];
}

/**
 * Whether all of the period counts, at a camera.
 * @param {{buckets: string[]}} about what the report says of the camera.
 * @param {Choices} now
 * @returns {boolean}
 */
export function isWhole(about, now) {
  const [first, last] = bucketRange(about.buckets, now);
  return first === 0 && last >= about.buckets.length && !hasHours(now) && !now.view;
}

/**
 * Whether only some hours of the day count.
 * @param {Choices} now
 * @returns {boolean}
 */
export function hasHours(now) {
  return now.hoursFrom > 0 || now.hoursTo < 24;
}

/**
 * Mark the pieces of time that count. The view, if there is one, includes the camera.
 * @param {import("./unpack.js").Camera} camera
 * @param {string[]} labels labels of its buckets.
 * @param {Choices} now
 * @returns {?Uint8Array} 1 for each piece that counts; null for all.
 */
export function chosenPieces(camera, labels, now) {
  const [first, last] = bucketRange(labels, now);
  const {count, bucket, hour} = camera.pieces;
  // A view may have a name that every object knows, such as `constructor`.
  const ranges = Object.hasOwn(camera.views, now.view) ? camera.views[now.view] : null;
  const chosen = new Uint8Array(count);
  if (ranges) for (const [begin, end] of ranges) chosen.fill(1, begin, end);
  else chosen.fill(1);
  for (let piece = 0; piece < count; piece++) {
    const isOutside = bucket[piece] < first || bucket[piece] >= last;
    if (isOutside || hour[piece] < now.hoursFrom || hour[piece] >= now.hoursTo) chosen[piece] = 0;
  }
  return chosen.every((one) => one === 1) ? null : chosen;
}
