// Who is an outlier at a camera, such as staff, and why.

import {byId, make} from "./dom.js";
import {durationText} from "./format.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./choose.js").Choice} Choice */

// More rows than this nobody reads.
const MOST = 200;

/**
 * List the outliers of what is chosen.
 * @param {Camera} camera camera with a choice.
 */
export function showOutliers({about, choice, report}) {
  if (!choice) return;
  const {outliers, hideOutliers} = choice;
  byId("left-out").hidden = outliers.length === 0;
  byId("left-out-title").textContent = `${people(outliers.length)} ${hideOutliers ? "left out as outliers" : `taken for ${outliers.length === 1 ? "an outlier" : "outliers"}, and counted`}`;
  const seen = presence(choice);
  const rows = outliers.slice(0, MOST).map((person) => {
    const {who, value, limit} = about.outliers[outlierPlace(choice, person)];
    const reason = choice.camera.reasons[choice.camera.reasonOf[person] - 1];
    const {first, time_us} = seen.get(person) ?? {first: "", time_us: 0};
    return make(
      "tr", {},
      make("th", {scope: "row"}, first, make("code", {title: "for heatcli --exclude"}, who)),
      make("td", {}, durationText(time_us / 1e6)),
      make("td", {}, report.reasons[reason], make("span", {class: "why"}, whyText(reason, value, limit))),
    );
  });
  byId("left-out-rows").replaceChildren(...rows);
  const rest = outliers.length - MOST;
  byId("left-out-rest").textContent = rest > 0 ? `And ${rest} more.` : "";
}

/** @param {number} count */
const people = (count) => (count === 1 ? "1 person" : `${count} people`);

/**
 * Return which of the outliers a person is, in the order of the report.
 * @param {Choice} choice
 * @param {number} person
 */
function outlierPlace({camera}, person) {
  let place = 0;
  for (let i = 0; i < person; i++) if (camera.reasonOf[i]) place++;
  return place;
}

/**
 * Find when each outlier is first seen, on the camera's clock, and for how long, in what is chosen.
 * @param {Choice} choice
 * @returns {Map<number, {first: string, begin_us: number, time_us: number}>}
 */
function presence({camera, pieces: chosen}) {
  const {runs, moments, pieces, reasonOf} = camera;
  const found = new Map();
  for (let run = 0; run < runs.count; run++) {
    const [person, piece] = [runs.person[run], runs.piece[run]];
    if (!reasonOf[person] || (chosen && !chosen[piece])) continue;
    const begin_us = moments.begin[runs.moment[run]];
    const time_us = moments.end[runs.moment[run] + runs.row[run + 1] - runs.row[run] - 1] - begin_us;
    const one = found.get(person);
    if (one) one.time_us += time_us;
    if (one && one.begin_us <= begin_us) continue;
    const clock = new Date(begin_us / 1000 + pieces.offset[piece] * 60_000).toISOString();
    found.set(person, {begin_us, first: `${clock.slice(0, 10)} ${clock.slice(11, 19)}`, time_us: one?.time_us ?? time_us});
  }
  return found;
}

/**
 * Say by how much somebody is out of the ordinary.
 * @param {string} reason
 * @param {?number} value
 * @param {?number} limit
 * @returns {string}
 */
function whyText(reason, value, limit) {
  if (value === null || limit === null) return "";
  if (reason === "still") return `moved by ${value.toFixed(3)} of the own height, less than ${limit.toFixed(3)}`;
  if (reason === "staff_look") return `sure by ${(100 * value).toFixed(1)} %`;
  return `${durationText(value)}, more than ${durationText(limit)}`;
}
