/** The shapes of zones, and which points are in them: as `heatcli/zones/shapes.py` tells it, to the last bit. */

/** The last number before 1: for polygons, a point on the right or bottom border of the frame counts as there. */
const JUST_BELOW_1 = 1 - 2 ** -53;

/** A fraction of the frame that is larger than any rounding error of an edge, and too small to point at. */
const ROUNDING = 1e-9;

/**
 * A circle or polygon in fractions of the frame, a radius in fractions of its width; null for the whole frame.
 *
 * @typedef {{circle: [number, number, number]} | {polygon: Point[]} | null} Shape
 */

/** @typedef {[number, number]} Point */

/**
 * A shape in the pixels of a frame. Points outside of the box are not in it; the box may be larger than needed.
 *
 * @typedef {object} Place
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {(x: number, y: number) => boolean} contains test whether a point is in the shape, in pixels
 * @property {(left: number, right: number, top: number, bottom: number) => boolean} holds test whether all points of
 *     a box are; false where that is not easily told
 */

/**
 * Find where a shape is in a frame.
 *
 * @param {Shape} shape
 * @param {number} width width of the frame in stored pixels
 * @param {number} height height of the frame in stored pixels
 * @param {number} sampleAspect width of a pixel divided by its height
 * @returns {Place}
 */
export function placeIn(shape, width, height, sampleAspect) {
  if (shape === null) {
    return {left: 0, right: width, top: 0, bottom: height, contains: () => true, holds: () => true};
  }
  if ("circle" in shape) return circle(shape.circle, width, height, sampleAspect);
  return polygon(shape.polygon, width, height);
}

/**
 * Make a circle that is round on the screen; its rim belongs to it.
 *
 * @param {[number, number, number]} circle
 * @param {number} width
 * @param {number} height
 * @param {number} sampleAspect
 * @returns {Place}
 */
function circle([x, y, radius], width, height, sampleAspect) {
  const middleX = x * width;
  const middleY = y * height;
  const limit = (radius * width * sampleAspect) ** 2;
  // Half a pixel more than the rim, which no rounding reaches.
  const across = radius * width + 0.5;
  const down = radius * width * sampleAspect + 0.5;
  const contains = (/** @type {number} */ px, /** @type {number} */ py) => {
    const dx = (px - middleX) * sampleAspect;
    const dy = py - middleY;
    return dx * dx + dy * dy <= limit;
  };
  return {
    left: middleX - across,
    right: middleX + across,
    top: middleY - down,
    bottom: middleY + down,
    contains,
    // No point of a box is further from the middle than its corners are, also after rounding.
    holds: (left, right, top, bottom) =>
      contains(left, top) && contains(right, top) && contains(left, bottom) && contains(right, bottom),
  };
}

/**
 * Make the inside of a closed line, by the even-odd rule: a point is inside if the number of edges that are at its
 * left, or pass through it, is odd. An edge goes from its upper end to just before its lower end, and is computed from
 * its upper end, so that two polygons that share it agree on where it is.
 *
 * @param {Point[]} corners
 * @param {number} width
 * @param {number} height
 * @returns {Place}
 */
function polygon(corners, width, height) {
  const xs = corners.map((corner) => corner[0]);
  const ys = corners.map((corner) => corner[1]);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  /** @type {Array<{x1: number, y1: number, y2: number, slope: number}>} */
  const edges = [];
  corners.forEach((corner, i) => {
    const next = corners[(i + 1) % corners.length];
    const [[x1, y1], [x2, y2]] = corner[1] <= next[1] ? [corner, next] : [next, corner];
    if (y1 < y2) edges.push({x1, y1, y2, slope: (x2 - x1) / (y2 - y1)});
  });
  return {
    left: left * width - 0.5,
    right: right * width + 0.5,
    top: top * height - 0.5,
    bottom: bottom * height + 0.5,
    holds: () => false,
    contains(px, py) {
      const x = Math.min(px / width, JUST_BELOW_1);
      const y = Math.min(py / height, JUST_BELOW_1);
      if (!(x > left - ROUNDING && x < right + ROUNDING && y >= top && y < bottom)) return false;
      let odd = false;
      for (const {x1, y1, y2, slope} of edges) {
        if (y1 <= y && y < y2 && x1 + (y - y1) * slope <= x) odd = !odd;
      }
      return odd;
    },
  };
}
