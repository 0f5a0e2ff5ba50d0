/** What is summed up for one zone, bucket by bucket, in arrays that are used again from one zone to the next. */

/** @typedef {import("./choose.js").Choice} Choice */
/** @typedef {import("./unpack.js").Camera} Camera */

/** Longest absence, and longest gap in coverage, that does not end a stay or a stretch. */
export const GAP_US = 2_000_000;

/** How many stays there is room for at first. */
const ROOM = 1024;

/** @type {WeakMap<Camera, Tally>} */
const tallies = new WeakMap();

/**
 * Return the empty tally of a choice; the sums of the zone before are lost.
 *
 * @param {Choice} choice
 * @returns {Tally}
 */
export function tallyOf({camera, division}) {
  let tally = tallies.get(camera);
  if (tally?.bucketOf !== division.of) tallies.set(camera, (tally = new Tally(camera, division)));
  tally.clear();
  return tally;
}

/**
 * Sums of one zone. Arrays have a value for each bucket and, at `whole`, one for the whole period, which is
 * set by `finish`.
 */
export class Tally {
  /**
   * @param {Camera} camera
   * @param {Choice["division"]} division
   */
  constructor(camera, division) {
    this.camera = camera;
    this.bucketOf = division.of;
    const buckets = division.labels.length;
    this.whole = buckets;
    /** Time of all persons, time with at least one, and the longest stretch with at least one, µs. */
    this.present = new Float64Array(buckets + 1);
    this.occupied = new Float64Array(buckets + 1);
    this.longest = new Float64Array(buckets + 1);
    this.most = new Int32Array(buckets + 1);
    this.visits = new Int32Array(buckets + 1);
    this.stays = new Int32Array(buckets + 1);
    /** Number of persons in each moment minus that in the moment before. */
    this.change = new Int32Array(camera.moments.count + 1);
    /** Length and bucket of each stay, in the order in which they end; the lengths by bucket, and all of them in order. */
    this.lengths = new Float64Array(ROOM);
    this.buckets = new Int32Array(ROOM);
    this.sorted = new Float64Array(ROOM);
    this.sortedWhole = new Float64Array(ROOM);
    this.firstStay = new Int32Array(buckets + 1);
    this.stayCount = 0;
    /** The person who is followed, the moment after the last added row, its bucket, and the open stay. */
    this.person = -1;
    this.after = 0;
    this.bucket = -1;
    this.stayBegin = 0;
    this.stayEnd = -Infinity;
    this.stayBucket = 0;
  }

  clear() {
    const {present, occupied, longest, most, visits, stays, change} = this;
    for (const sums of [present, occupied, longest, most, visits, stays, change]) sums.fill(0);
    this.stayCount = 0;
    this.forget(-1);
  }

  /**
   * Add rows of a run, in the order of persons and time.
   *
   * @param {number} run
   * @param {number} row
   * @param {number} end row after the last one
   */
  add(run, row, end) {
    const {runs, moments} = this.camera;
    if (runs.person[run] !== this.person) {
      this.closeStay();
      this.forget(runs.person[run]);
    }
    const first = runs.moment[run] + row - runs.row[run];
    const after = first + end - row;
    const begin = moments.begin[first];
    const reached = moments.end[after - 1];
    const bucket = this.bucketOf[runs.piece[run]];
    this.present[bucket] += reached - begin;
    // Two trajectories of one person may be there at once.
    if (after > this.after) {
      this.change[Math.max(first, this.after)]++;
      this.change[after]--;
      this.after = after;
    }
    if (this.bucket < 0) this.visits[this.whole]++;
    if (bucket !== this.bucket) this.visits[bucket]++;
    this.bucket = bucket;
    if (begin - this.stayEnd > GAP_US) {
      this.closeStay();
      this.stayBegin = begin;
      this.stayBucket = bucket;
    }
    this.stayEnd = reached;
  }

  /**
   * Go on to another person.
   *
   * @param {number} person
   */
  forget(person) {
    this.person = person;
    this.after = 0;
    this.bucket = -1;
    this.stayEnd = -Infinity;
  }

  closeStay() {
    if (this.stayEnd === -Infinity) return;
    if (this.stayCount === this.lengths.length) this.makeRoom(2 * this.stayCount);
    this.lengths[this.stayCount] = this.stayEnd - this.stayBegin;
    this.buckets[this.stayCount++] = this.stayBucket;
    this.stays[this.stayBucket]++;
  }

  /** @param {number} stays number of stays that there is to be room for */
  makeRoom(stays) {
    const {lengths, buckets} = this;
    this.lengths = new Float64Array(stays);
    this.buckets = new Int32Array(stays);
    this.sorted = new Float64Array(stays);
    this.sortedWhole = new Float64Array(stays);
    this.lengths.set(lengths);
    this.buckets.set(buckets);
  }

  /** Sum up the whole period, and put the stays in order. */
  finish() {
    const {whole, firstStay, stays} = this;
    this.closeStay();
    for (const sums of [this.present, this.occupied]) sums[whole] = sums.reduce((sum, part) => sum + part, 0);
    this.most[whole] = this.most.reduce((most, part) => Math.max(most, part), 0);
    for (let i = 0; i < whole; i++) firstStay[i + 1] = firstStay[i] + stays[i];
    const next = firstStay.slice();
    for (let i = 0; i < this.stayCount; i++) this.sorted[next[this.buckets[i]]++] = this.lengths[i];
    for (let i = 0; i < whole; i++) this.sorted.subarray(firstStay[i], firstStay[i + 1]).sort();
    stays[whole] = this.stayCount;
    this.sortedWhole.set(this.lengths.subarray(0, this.stayCount));
    this.sortedWhole.subarray(0, this.stayCount).sort();
  }

  /**
   * Return a percentile of the stays that begin in a bucket, at least one, interpolated linearly.
   *
   * @param {number} index bucket, or `whole`
   * @param {number} percent
   * @returns {number} µs
   */
  stayPercentile(index, percent) {
    const from = index === this.whole ? this.sortedWhole : this.sorted;
    const first = index === this.whole ? 0 : this.firstStay[index];
    const place = (this.stays[index] - 1) * (percent / 100);
    const below = Math.floor(place);
    const low = from[first + below];
    const high = from[first + Math.min(below + 1, this.stays[index] - 1)];
    return low + (high - low) * (place - below);
  }
}
