/** What happens in a zone: the figures of `heatcli/zones/statistics.py`, fast enough to follow the pointer. */

import {placeIn} from "./shapes.js";
import {GAP_US, tallyOf} from "./tally.js";

/** @typedef {import("./choose.js").Choice} Choice */
/** @typedef {import("./shapes.js").Shape} Shape */
/** @typedef {import("./tally.js").Tally} Tally */

/** Figures where nothing was covered. */
const NOTHING = {
  detections_pct: null, avg_occupancy: null, occupancy_pct: null, longest_occupancy_s: null, max_occupancy: null,
  unique_visits: null, stays: null, median_stay_s: null, p90_stay_s: null, activity_pct: null,
};

/**
 * The numbers of a zone over a period or bucket, named and defined as in the zone table. If nothing was covered, all
 * but `covered_s` are null; without stays, the lengths of stays are null; for a whole period, `activity_pct` is null.
 *
 * @typedef {object} Figures
 * @property {number} covered_s
 * @property {?number} detections_pct
 * @property {?number} avg_occupancy
 * @property {?number} occupancy_pct
 * @property {?number} longest_occupancy_s
 * @property {?number} max_occupancy
 * @property {?number} unique_visits
 * @property {?number} stays
 * @property {?number} median_stay_s
 * @property {?number} p90_stay_s
 * @property {?number} activity_pct
 */

/**
 * Compute the figures of a zone.
 *
 * @param {Choice} choice
 * @param {Shape} shape
 * @returns {{total: Figures, buckets: Figures[]}} figures of the whole period, and of each bucket of the choice
 */
export function zoneFigures(choice, shape) {
  const tally = tallyOf(choice);
  followPersons(choice, shape, tally);
  followMoments(choice.camera, tally);
  tally.finish();
  const buckets = activityOf(tally.present, choice.bucketCovered_us).map((activity_pct, i) => ({
    ...figures(tally, i, choice.bucketCovered_us[i], choice.bucketPresent_us[i]),
    activity_pct,
  }));
  const inFrame = choice.bucketPresent_us.reduce((sum, part) => sum + part, 0);
  return {total: figures(tally, tally.whole, choice.covered_us, inFrame), buckets};
}

/**
 * Compare buckets with the busiest of them.
 *
 * @param {Float64Array} present_us time of all persons in each bucket
 * @param {Float64Array} covered_us covered time of each bucket
 * @returns {Array<?number>} percent; null where nothing was covered
 */
export function activityOf(present_us, covered_us) {
  const rates = Array.from(covered_us, (covered, i) => (covered ? present_us[i] / covered : 0));
  const busiest = Math.max(0, ...rates);
  return rates.map((rate, i) => (covered_us[i] ? (busiest ? 100 * (rate / busiest) : 0) : null));
}

/**
 * Find who is in the zone, person by person: time of all persons, visits, stays, and who is there at once.
 *
 * @param {Choice} choice
 * @param {Shape} shape
 * @param {Tally} tally
 */
function followPersons({camera, shown}, shape, tally) {
  const {runs, blocks, x, y, steps_per_pixel: steps, sizes, sample_aspect} = camera;
  const places = sizes.map(([width, height]) => placeIn(shape, width, height, sample_aspect));
  const pixels = 1 / steps;
  for (let run = 0; run < runs.count; run++) {
    if (!shown[run]) continue;
    const place = places[runs.size[run]];
    // The row of the run since which the person is in the zone; -1 while out of it.
    let since = -1;
    for (let block = runs.block[run]; block < runs.block[run + 1]; block++) {
      const first = blocks.row[block];
      const end = blocks.row[block + 1];
      const left = blocks.left[block] * pixels;
      const right = blocks.right[block] * pixels;
      const top = blocks.top[block] * pixels;
      const bottom = blocks.bottom[block] * pixels;
      if (right < place.left || left > place.right || bottom < place.top || top > place.bottom) {
        if (since >= 0) tally.add(run, since, first);
        since = -1;
      } else if (place.holds(left, right, top, bottom)) {
        if (since < 0) since = first;
      } else {
        for (let row = first; row < end; row++) {
          if (place.contains(x[row] * pixels, y[row] * pixels)) {
            if (since < 0) since = row;
          } else if (since >= 0) {
            tally.add(run, since, row);
            since = -1;
          }
        }
      }
    }
    if (since >= 0) tally.add(run, since, runs.row[run + 1]);
  }
}

/**
 * Find when anybody is in the zone, moment by moment: how long, how long at a stretch, and how many at most.
 *
 * @param {import("./unpack.js").Camera} camera
 * @param {Tally} tally
 */
function followMoments({pieces, moments}, tally) {
  const {change, occupied, longest, most, whole, bucketOf} = tally;
  let persons = 0;
  let reached = -Infinity;
  let begun = 0;
  let begunHere = 0;
  let lastBucket = -1;
  for (let piece = 0; piece < pieces.count; piece++) {
    const bucket = bucketOf[piece];
    const end = pieces.firstMoment[piece + 1];
    for (let moment = pieces.firstMoment[piece]; moment < end; moment++) {
      persons += change[moment];
      if (!persons) continue;
      const begin = moments.begin[moment];
      const opens = begin - reached > GAP_US;
      if (opens) begun = begin;
      if (opens || bucket !== lastBucket) begunHere = begin;
      lastBucket = bucket;
      reached = moments.end[moment];
      occupied[bucket] += reached - begin;
      if (persons > most[bucket]) most[bucket] = persons;
      if (reached - begunHere > longest[bucket]) longest[bucket] = reached - begunHere;
      if (reached - begun > longest[whole]) longest[whole] = reached - begun;
    }
  }
}

/**
 * Return the figures of one bucket, or of the whole period.
 *
 * @param {Tally} tally
 * @param {number} index bucket, or `tally.whole`
 * @param {number} covered_us
 * @param {number} inFrame_us time of all persons in the frame
 * @returns {Figures}
 */
function figures(tally, index, covered_us, inFrame_us) {
  if (!covered_us) return {covered_s: 0, ...NOTHING};
  const stays = tally.stays[index];
  return {
    covered_s: covered_us / 1e6,
    detections_pct: inFrame_us ? (100 * tally.present[index]) / inFrame_us : 0,
    avg_occupancy: tally.present[index] / covered_us,
    occupancy_pct: (100 * tally.occupied[index]) / covered_us,
    longest_occupancy_s: tally.longest[index] / 1e6,
    max_occupancy: tally.most[index],
    unique_visits: tally.visits[index],
    stays,
    median_stay_s: stays ? tally.stayPercentile(index, 50) / 1e6 : null,
    p90_stay_s: stays ? tally.stayPercentile(index, 90) / 1e6 : null,
    activity_pct: null,
  };
}
