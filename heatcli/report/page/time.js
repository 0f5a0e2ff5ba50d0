// Which part of the period counts: a range of its buckets, hours of the day, a saved view.

/** @typedef {import("./state.js").Choices} Choices */

/**
 * Find the chosen buckets of a camera.
 * @param {string[]} labels of all its buckets, in order.
 * @param {Choices} now
 * @returns {[number, number]} the first, and the one after the last; never empty.
 */
export function bucketRange(labels, now) {
  // Labels sort as times do. Those of an hour that the clock shows twice are found as they are.
  const exact = (/** @type {string} */ label, /** @type {number} */ otherwise) => {
    const place = labels.indexOf(label);
    return place < 0 ? otherwise : place;
  };
  const first = now.from ? exact(now.from, labels.findIndex((label) => label >= now.from)) : 0;
  const after = labels.findIndex((label) => label > now.to);
  const last = now.to ? exact(now.to, (after < 0 ? labels.length : after) - 1) : labels.length - 1;
  return [Math.max(first, 0), Math.max(last, first, 0) + 1];
}

/**
 * Whether all of the period counts, at a camera.
 * @param {{buckets: string[]}} about the camera.
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
 * Mark the pieces of time that count.
 * @param {any} camera as `unpackCamera` returns it.
 * @param {string[]} labels of its buckets.
 * @param {Choices} now
 * @returns {?Uint8Array} 1 for each piece that counts; null for all.
 */
export function chosenPieces(camera, labels, now) {
  const [first, last] = bucketRange(labels, now);
  const {count, bucket, hour} = camera.pieces;
  // A view may have the name of what every object has, as `constructor`.
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
