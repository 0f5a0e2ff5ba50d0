// What is looked at: a circle, a polygon, a configured zone or the whole frame; and how it is written down.

/** @typedef {import("./shapes.js").Point} Point */
/** @typedef {import("./shapes.js").Shape} Shape */

// Steps across the frame, finer than anybody points. The same rounded number is shown, copied and computed.
const STEPS = 10000;
const [LEAST_RADIUS, LARGEST_RADIUS] = [0.005, 0.5];

/**
 * Round a coordinate to what can be shown and copied, within the frame.
 * @param {number} value
 * @returns {number}
 */
export function snap(value) {
  return Math.round(Math.min(Math.max(value, 0), 1) * STEPS) / STEPS;
}

/**
 * Make a circle of which every number can be shown and copied.
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @returns {{circle: [number, number, number]}}
 */
export function circleAt(x, y, radius) {
  return {circle: [snap(x), snap(y), snap(Math.min(Math.max(radius, LEAST_RADIUS), LARGEST_RADIUS))]};
}

/**
 * Whether corners enclose anything.
 * @param {Point[]} corners
 * @returns {boolean}
 */
export function hasArea(corners) {
  const [[x0, y0], ...others] = corners;
  return others.some(([x1, y1], place) =>
    others.slice(place + 1).some(([x2, y2]) => (x1 - x0) * (y2 - y0) !== (x2 - x0) * (y1 - y0)),
  );
}

/**
 * Write a shape for the address of the page.
 * @param {Shape} shape
 * @returns {string} `circle=X,Y,R` or `polygon=X,Y,X,Y,…`
 */
export function shapeText(shape) {
  if (shape === null) return "";
  return "circle" in shape ? `circle=${shape.circle}` : `polygon=${shape.polygon.flat()}`;
}

/**
 * Read what `shapeText` wrote.
 * @param {string} text
 * @returns {Shape} shape; null where the text is none.
 */
export function readShape(text) {
  const [kind, said = ""] = text.split("=");
  const numbers = said.split(",").map((part) => snap(Number(part)));
  if (numbers.some(Number.isNaN)) return null;
  if (kind === "circle" && numbers.length === 3) return circleAt(numbers[0], numbers[1], numbers[2]);
  if (kind !== "polygon" || numbers.length % 2) return null;
  const corners = Array.from({length: numbers.length / 2}, (_, place) => /** @type {Point} */ (numbers.slice(2 * place, 2 * place + 2)));
  return hasArea(corners) ? {polygon: corners} : null;
}

/**
 * Write a shape as an argument of `heatcli zone`.
 * @param {Exclude<Shape, null>} shape
 * @returns {string}
 */
export function argumentText(shape) {
  return "circle" in shape ? `--circle ${shape.circle}` : `--polygon ${shape.polygon.flat()}`;
}

/**
 * Write a shape as a zone of `heatcli.toml`.
 * @param {string} camera
 * @param {string} name name of the zone.
 * @param {Exclude<Shape, null>} shape
 * @returns {string}
 */
export function tomlText(camera, name, shape) {
  const list = (/** @type {number[]} */ numbers) => `[${numbers.join(", ")}]`;
  const said =
    "circle" in shape ? `circle = ${list(shape.circle)}` : `polygon = [${shape.polygon.map(list).join(", ")}]`;
  return `[cameras.${tomlKey(camera)}.zones]\n${tomlKey(name)} = { ${said} }`;
}

/**
 * Write a key of TOML, in quotes where it needs them.
 * @param {string} key
 * @returns {string}
 */
export function tomlKey(key) {
  return /^[\w-]+$/.test(key) ? key : tomlString(key);
}

/**
 * Write a text of TOML.
 * @param {string} text
 * @returns {string}
 */
export function tomlString(text) {
  // JSON escapes what TOML does, but for DEL.
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}
