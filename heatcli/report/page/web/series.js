// The chart of a zone in words and as a table, for those who do not see it and for those who want numbers.

import {make} from "./dom.js";
import {FIELDS, figureText, longLabel, withUnit} from "./format.js";

/** @typedef {import("./content.d.ts").Kind} Kind */
/** @typedef {"activity_pct" | "occupancy_pct" | "longest_occupancy_s"} Charted */

/**
 * The figures that can be charted, in the order in which `before` of an area has them: CHARTED in content.py.
 * @type {Charted[]}
 */
export const CHARTED = ["activity_pct", "occupancy_pct", "longest_occupancy_s"];

/**
 * What a chart shows.
 * @typedef {object} Series
 * @property {Charted} field figure that is charted.
 * @property {string[]} labels labels of all parts of time.
 * @property {Kind} kind kind of a report with such parts.
 * @property {[number, number]} range first of the chosen buckets, and the one after the last.
 * @property {import("./union.js").Figures[]} buckets figures of each bucket.
 * @property {string[]} covered words that say how much of each bucket was watched.
 * @property {?Array<Array<?number>>} before figures of each bucket of the period before, in the order of
 *   `CHARTED`; null for none.
 */

/**
 * Say in a sentence what a line chart shows, for those who do not see it.
 * @param {Series} series
 * @returns {string}
 */
export function chartText({field, labels, kind, range, buckets}) {
  const known = buckets.flatMap((one, place) => {
    const value = one[field];
    return value !== null && place >= range[0] && place < range[1] ? [{value, place}] : [];
  });
  const name = FIELDS[field].name;
  if (!known.length) return `${name}: nothing was recorded.`;
  const most = known.reduce((best, one) => (one.value > best.value ? one : best));
  return `Line chart of ${name.toLowerCase()}: at most ${withUnit(field, most.value)}, ${longLabel(labels[most.place], kind)}. ${known.length} of ${range[1] - range[0]} are known.`;
}

/**
 * Write the numbers behind the chart as a table.
 * @param {HTMLTableElement} table
 * @param {Series} series
 */
export function fillTable(table, {labels, kind, range, buckets, covered, before}) {
  const unit = (/** @type {Charted} */ field) => `${FIELDS[field].name}, ${FIELDS[field].unit}`;
  const head = ["Time", ...CHARTED.map(unit), ...(before ? CHARTED.map((field) => `Before: ${unit(field)}`) : []), "Covered"];
  const rows = labels.slice(...range).map((label, offset) => {
    const place = range[0] + offset;
    const now = CHARTED.map((field) => figureText(field, buckets[place][field]));
    const then = before ? CHARTED.map((field, row) => figureText(field, before[place]?.[row] ?? null)) : [];
    return make(
      "tr", {},
      make("th", {scope: "row"}, longLabel(label, kind)),
      ...[...now, ...then, covered[place].replace(" covered", "")].map((text) => make("td", {}, text)),
    );
  });
  table.replaceChildren(
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", {scope: "col"}, text)))),
    make("tbody", {}, ...rows),
  );
}
