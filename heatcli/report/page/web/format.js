// How numbers, durations and times are written: with the same digits as the tables of the command line.

/** @typedef {import("./content.d.ts").Kind} Kind */
/** @typedef {import("./union.js").Figures} Figures */

/**
 * Names of figures.
 * @typedef {"detections_pct" | "occupancy_pct" | "longest_occupancy_s" | "unique_visits" | "median_stay_s"
 *   | "avg_occupancy" | "activity_pct"} Field
 */

/**
 * What is said of a zone: the name of each figure, its unit and its decimals, as `heatcli zone` has them.
 * @type {Record<Field, {name: string, unit: string, decimals: number, spoken: string}>}
 */
export const FIELDS = {
  detections_pct: {name: "Share of all detections", unit: "%", decimals: 1, spoken: "percent"},
  occupancy_pct: {name: "Time occupied", unit: "%", decimals: 1, spoken: "percent of the time"},
  longest_occupancy_s: {name: "Longest occupancy", unit: "s", decimals: 1, spoken: "seconds"},
  unique_visits: {name: "Unique visits", unit: "", decimals: 0, spoken: ""},
  median_stay_s: {name: "Median stay", unit: "s", decimals: 1, spoken: "seconds"},
  avg_occupancy: {name: "People at once", unit: "", decimals: 3, spoken: "on average"},
  activity_pct: {name: "Average activity", unit: "%", decimals: 1, spoken: "percent"},
};

/**
 * Write a number with a fixed number of decimals. `toFixed` rounds what is exactly in the middle up; Python, and
 * with it the command line, rounds it to the even digit.
 * @param {number} value
 * @param {number} decimals
 * @returns {string}
 */
export function fixed(value, decimals) {
  // A double can only be in the middle where it is an odd multiple of 1 / 2^(decimals + 1); this is exact.
  const halves = value * 2 ** (decimals + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return value.toFixed(decimals);
  const below = Math.floor(value * 10 ** decimals);
  return ((below % 2 === 0 ? below : below + 1) / 10 ** decimals).toFixed(decimals);
}

/**
 * Write a figure of a zone; a dash where it is not known.
 * @param {Field} field
 * @param {?number} value
 * @returns {string}
 */
export function figureText(field, value) {
  return value === null || value === undefined ? "–" : fixed(value, FIELDS[field].decimals);
}

/**
 * Write how far a figure may be off, as a ± to stand behind it; empty where nothing is known of that.
 * @param {Field} field
 * @param {?number} value
 * @param {?import("./content.d.ts").Audit} audit
 * @returns {string}
 */
export function marginText(field, value, audit) {
  const factor = field === "unique_visits" ? audit?.visits_factor : field === "avg_occupancy" ? audit?.dwell_factor : null;
  if (!factor || value === null || value === undefined) return "";
  const {decimals} = FIELDS[field];
  const scale = 10 ** decimals;
  const off = value * Math.max(Math.abs(1 - factor.low), Math.abs(factor.high - 1));
  return ` ±${fixed(Math.ceil(off * scale - 1e-9) / scale, decimals)}`;
}

/**
 * Write a figure of the period before; visits per covered hour of both periods, where these differ.
 * @param {Field} field
 * @param {Figures} now
 * @param {Figures} before
 * @param {boolean} ratesOnly whether the periods were not covered for as long.
 * @returns {string}
 */
export function beforeText(field, now, before, ratesOnly) {
  if (field !== "unique_visits" || !ratesOnly) return `before: ${figureText(field, before[field])}`;
  const rate = (/** @type {Figures} */ {unique_visits: visits, covered_s}) => (visits === null ? "–" : fixed(visits / (covered_s / 3600), 1));
  return `${rate(now)} per covered hour, before: ${rate(before)}`;
}

/**
 * Write a figure with its unit.
 * @param {Field} field
 * @param {?number} value
 * @returns {string}
 */
export function withUnit(field, value) {
  return value === null ? "–" : `${figureText(field, value)} ${FIELDS[field].unit}`;
}

/**
 * Write a duration with its two largest units: `45 s`, `1 min 20 s`, `3 h 5 min`, `24 h`, `12 d 4 h`.
 * @param {number} seconds
 * @returns {string}
 */
export function durationText(seconds) {
  let left = Math.round(seconds);
  // Up to two days are written in hours, so that a day is 24 h.
  /** @type {Array<[number, string]>} */
  const units = left < 2 * 86400 ? [[3600, "h"], [60, "min"], [1, "s"]] : [[86400, "d"], [3600, "h"], [60, "min"]];
  const parts = units.map(([length, unit]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return {count, unit};
  });
  const first = parts.findIndex((part) => part.count > 0);
  return parts
    .slice(first < 0 ? 2 : first, first < 0 ? 3 : first + 2)
    .filter((part, place) => place === 0 || part.count > 0)
    .map((part) => `${part.count} ${part.unit}`)
    .join(" ");
}

/**
 * Say how much of a time was watched.
 * @param {number} covered_s
 * @param {?number} selected_s chosen seconds; null where they are not known.
 * @returns {string}
 */
export function coveredText(covered_s, selected_s) {
  if (selected_s === 0) return "not chosen";
  if (covered_s === 0) return "nothing recorded";
  const part = selected_s === null || covered_s === selected_s ? "" : ` of ${durationText(selected_s)}`;
  return `${durationText(covered_s)}${part} covered`;
}

/**
 * Round numbers from 0 up to the end of a scale, in steps of 1, 2 or 5 times a power of ten.
 * @param {number} end end of the scale, at least 0.
 * @param {number} atMost number of ticks that there is room for, at least 2.
 * @returns {number[]}
 */
export function niceTicks(end, atMost) {
  if (!(end > 0)) return [0];
  const magnitude = 10 ** (Math.floor(Math.log10(end)) - 1);
  for (const tens of [1, 10, 100]) {
    for (const factor of [1, 2, 5]) {
      const step = factor * tens * magnitude;
      const count = Math.floor((end / step) * (1 + 1e-9)) + 1;
      if (count <= atMost) return Array.from({length: count}, (_, place) => place * step);
    }
  }
  return [0];
}

/**
 * Write a number of a scale with three significant digits of the scale's end, and no idle zeros.
 * @param {number} value
 * @param {number} end end of the scale.
 * @returns {string}
 */
export function scaleText(value, end) {
  if (value === 0) return "0";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(end)));
  if (decimals > 5) return String(Number(value.toPrecision(3)));
  return value.toLocaleString("en", {maximumFractionDigits: decimals});
}

export const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Write a bucket of a report of some kind as short as an axis takes it: `10:00`, `Mon 9`, `9` or `Mar`.
 * @param {string} label label such as `2026-03-14 10:00`, `2026-03-14` or `2026-03`.
 * @param {Kind} kind kind of the report.
 * @returns {string}
 */
export function shortLabel(label, kind) {
  const [year, month, day] = label.slice(0, 10).split("-").map(Number);
  if (kind === "daily") return label.slice(11, 16);
  if (kind === "annual") return MONTHS[month - 1];
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return kind === "weekly" ? `${weekday} ${day}` : String(day);
}

/**
 * Write a bucket in full, for lists and tables.
 * @param {string} label
 * @param {Kind} kind kind of the report.
 * @returns {string}
 */
export function longLabel(label, kind) {
  const short = shortLabel(label, kind);
  if (kind === "daily") return label.slice(11);
  if (kind === "annual") return `${short} ${label.slice(0, 4)}`;
  const weekday = WEEKDAYS[new Date(`${label.slice(0, 10)}T00:00Z`).getUTCDay()];
  return `${weekday} ${Number(label.slice(8, 10))} ${MONTHS[Number(label.slice(5, 7)) - 1]}`;
}

/**
 * Write a range of buckets.
 * @param {string[]} labels labels of all buckets, in order.
 * @param {number} low first bucket.
 * @param {number} high bucket after the last one.
 * @param {Kind} kind kind of the report.
 * @returns {string}
 */
export function rangeText(labels, low, high, kind) {
  if (!labels.length || (low === 0 && high >= labels.length)) return "all of it";
  if (kind === "daily") return `${boundText(labels, low, kind)}–${boundText(labels, high, kind)}`;
  const [first, last] = [longLabel(labels[low], kind), longLabel(labels[high - 1], kind)];
  return first === last ? first : `${first} to ${last}`;
}

/**
 * Write where a bucket begins, and the one before it ends.
 * @param {string[]} labels labels of all buckets, in order.
 * @param {number} value place of the bucket; their number for the end of the last one.
 * @param {Kind} kind kind of the report.
 * @returns {string}
 */
export function boundText(labels, value, kind) {
  if (value >= labels.length) return kind === "daily" ? "24:00" : "the end";
  return labels.length ? longLabel(labels[value], kind) : "";
}

/**
 * Say how exact the points of a camera are; null where they are what is stored.
 *
 * @param {import("./unpack.js").Camera} camera
 * @returns {?string}
 */
export function carriedText({rows, points, points_per_second: rate, steps_per_pixel: steps, is_exact: isExact}) {
  if (isExact) return null;
  const positions = rows.toLocaleString("en");
  const how =
    rate === null
      ? `This page carries ${positions} positions to a ${steps}th of a pixel. Numbers computed here differ from exact ones by a frame of a stay at most, and mostly not at all`
      : `Thinned: of ${positions} positions this page carries ${points.toLocaleString("en")}, up to ${rate} a second of each person. Shares, occupancy and visits computed here differ from exact ones by about 1 % at most, the lengths of stays by some frames`;
  return `${how}; those of configured zones and of the whole frame over the whole period are exact.`;
}
