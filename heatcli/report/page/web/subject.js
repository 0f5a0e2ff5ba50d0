// What is looked at: its name, and its figures over time.

import {bucketRange} from "./time.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./content.d.ts").About} About */
/** @typedef {import("./place.js").Shape} Shape */

/**
 * What is looked at.
 * @typedef {object} Subject
 * @property {Shape} shape
 * @property {number} area index of a configured area; -1 for another shape.
 * @property {string} hot name of a hottest place; empty for another shape.
 * @property {boolean} isPinned
 */

/**
 * Find what the address names: a configured zone, a hottest place, a pinned shape, or nothing in particular.
 * @param {string} zone
 * @param {Camera} camera
 * @param {Shape} drawn shape that the address holds; null for none.
 * @returns {?Omit<Subject, "isPinned">} null for nothing in particular.
 */
export function named(zone, camera, drawn) {
  const {areas} = camera.about;
  if (/^\d+$/.test(zone) && Number(zone) < areas.length) return {shape: areas[Number(zone)].shape, area: Number(zone), hot: ""};
  const place = camera.hotPlaces().find(({name}) => name === zone);
  if (place) return {shape: place.shape, area: -1, hot: zone};
  return drawn && {shape: drawn, area: -1, hot: ""};
}

/**
 * Name what is looked at.
 * @param {Subject} subject
 * @param {About} about
 * @returns {string}
 */
export function titleOf({shape, area, hot}, about) {
  const [, ...zones] = about.areas;
  if (area > 0) return zones[area - 1].name;
  if (hot) return `Hottest place ${hot.replace("hot-", "")}`;
  if (shape === null) return "Whole frame";
  if ("polygon" in shape) return `Polygon of ${shape.polygon.length} corners`;
  const [x, y, radius] = shape.circle.map((one) => one.toFixed(4));
  return `Circle at ${x}, ${y}, radius ${radius}`;
}

/**
 * Return what the chart shows.
 * @param {Camera} camera
 * @param {import("./state.js").Choices} now
 * @param {import("./union.js").Figures[]} buckets
 * @param {import("./series.js").Series["before"]} before
 * @returns {import("./series.js").Series}
 */
export function seriesOf(camera, now, buckets, before) {
  const {labels, kind} = camera.division;
  const range = camera.isDivided ? /** @type {[number, number]} */ ([0, labels.length]) : bucketRange(labels, now);
  const covered = buckets.map((_, place) => camera.coveredText(place));
  return {field: now.chart, labels, kind, range, buckets, covered, before};
}
