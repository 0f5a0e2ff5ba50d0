/** Which time and which people count: worked out once, whenever a filter changes. */

/** @typedef {import("./unpack.js").Camera} Camera */
/** @typedef {import("./division.js").Division} Division */

/**
 * What of a camera counts.
 *
 * @typedef {object} Choice
 * @property {Camera} camera
 * @property {Uint8Array} shown 1 for each run that counts
 * @property {number} selected_us time that was chosen, watched or not
 * @property {number} covered_us
 * @property {Float64Array} bucketSelected_us
 * @property {Float64Array} bucketCovered_us
 * @property {Float64Array} bucketPresent_us time of all persons in the frame, in each bucket
 * @property {Float64Array} hourCovered_us covered time in each hour of the day
 * @property {Float64Array} hourPresent_us time of all persons in the frame, in each hour of the day
 * @property {number} people number of people who count
 * @property {number[]} outliers people who are outliers, whether these count or not
 * @property {boolean} hideOutliers
 * @property {?Uint8Array} pieces 1 for each piece of time that counts; null for all
 * @property {Pick<Division, "labels" | "of">} division parts of time that figures are also of, each called a bucket
 */

/**
 * Choose time and people.
 *
 * @param {Camera} camera
 * @param {{pieces?: ?Uint8Array, hideOutliers?: boolean, division?: Choice["division"]}} filter `pieces`: 1 for each
 *     piece of time that counts, null for all; `division`: by default the buckets of the period.
 * @returns {Choice}
 */
export function choose(camera, {pieces = null, hideOutliers = false, division = bucketsOf(camera)} = {}) {
  const {runs, moments, reasonOf} = camera;
  const [bucketSelected_us, bucketCovered_us, bucketPresent_us] = [1, 2, 3].map(() => new Float64Array(division.labels.length));
  const hourCovered_us = new Float64Array(24);
  const hourPresent_us = new Float64Array(24);
  let selected_us = 0;
  let covered_us = 0;
  for (let i = 0; i < camera.pieces.count; i++) {
    if (pieces && !pieces[i]) continue;
    bucketSelected_us[division.of[i]] += camera.pieces.selected[i];
    bucketCovered_us[division.of[i]] += camera.pieces.covered[i];
    hourCovered_us[camera.pieces.hour[i]] += camera.pieces.covered[i];
    selected_us += camera.pieces.selected[i];
    covered_us += camera.pieces.covered[i];
  }
  const shown = new Uint8Array(runs.count);
  const seen = new Uint8Array(camera.people);
  for (let run = 0; run < runs.count; run++) {
    if (pieces && !pieces[runs.piece[run]]) continue;
    const person = runs.person[run];
    seen[person] = 1;
    if (hideOutliers && reasonOf[person]) continue;
    shown[run] = 1;
    const first = runs.moment[run];
    const last = first + runs.row[run + 1] - runs.row[run] - 1;
    const piece = runs.piece[run];
    bucketPresent_us[division.of[piece]] += moments.end[last] - moments.begin[first];
    hourPresent_us[camera.pieces.hour[piece]] += moments.end[last] - moments.begin[first];
  }
  let people = 0;
  const outliers = [];
  for (let person = 0; person < camera.people; person++) {
    if (seen[person] && reasonOf[person]) outliers.push(person);
    if (!(hideOutliers && reasonOf[person])) people += seen[person];
  }
  return {
    camera, shown, selected_us, covered_us, bucketSelected_us, bucketCovered_us, bucketPresent_us, hourCovered_us,
    hourPresent_us, people, outliers, hideOutliers, pieces, division,
  };
}

/** @param {Camera} camera */
function bucketsOf(camera) {
  return {labels: camera.buckets.map(({label}) => label), of: camera.pieces.bucket};
}
