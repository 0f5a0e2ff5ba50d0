// What would be refused: told while it is drawn, as heatcli/config/places.py has it.

import {hasArea} from "../../report/page/web/place.js";

/** @typedef {import("../../report/page/web/shapes.js").Point} Point */
/** @typedef {import("./drawing.d.ts").Item} Item */
/** @typedef {import("./drawing.d.ts").State} State */

/**
 * Return what is wrong with a shape; empty where nothing is.
 * @param {Item} item
 * @param {Item[]} items
 * @returns {string}
 */
export function mistakeOf(item, items) {
  const {name, kind, geometry} = item;
  if (!name.trim()) return "give it a name";
  if (/[\0\ud800-\udfff]/u.test(name)) return "its name has a character that no file can have";
  const rivals = items.filter((one) => one !== item && (one.kind === "mask") === (kind === "mask"));
  if (rivals.some((one) => one.name === name)) return "another one has this name";
  if ("line" in geometry) {
    const [[x, y], [u, v]] = geometry.line;
    return x === u && y === v ? "its two ends are at the same place" : "";
  }
  if (!("polygon" in geometry)) return "";
  if (!hasArea(geometry.polygon)) return "all its corners are on one line";
  const crossing = crossingSides(geometry.polygon);
  return crossing ? `the side after corner ${crossing[0]} crosses the one after corner ${crossing[1]}` : "";
}

/**
 * Return what is wrong with the floor; empty where nothing is.
 * @param {State} state
 * @returns {string}
 */
export function floorMistake({points, plan, metres}) {
  if (!points.length) return "";
  const open = points.findIndex((point) => point.plan === null);
  if (!plan.trim()) return "the floor needs the picture of a plan";
  if (open >= 0) return `point ${open + 1} of the floor has no place on the plan yet`;
  if (points.length < 4) return `the floor needs 4 points, ${4 - points.length} more`;
  return metres !== null && metres > 0 && Number.isFinite(metres) ? "" : "say how many metres a pixel of the plan is wide";
}

/**
 * Find two sides that cross, by the numbers of the corners at their begin.
 * @param {Point[]} corners
 * @returns {?[number, number]}
 */
function crossingSides(corners) {
  const side = (/** @type {number} */ at) => [corners[at], corners[(at + 1) % corners.length]];
  for (let one = 0; one < corners.length; one++) {
    const [a, b] = side(one);
    for (let other = one + 1; other < corners.length; other++) {
      const [c, d] = side(other);
      if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) return [one + 1, other + 1];
    }
  }
  return null;
}

/**
 * Tell on which side of a line a point is, by the sign; less than rounding counts as on the line.
 * @param {Point} begin
 * @param {Point} end
 * @param {Point} point
 */
function turn([ax, ay], [bx, by], [px, py]) {
  const found = (bx - ax) * (py - ay) - (by - ay) * (px - ax);
  return Math.abs(found) < 1e-12 ? 0 : found;
}
