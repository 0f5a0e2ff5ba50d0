/** What is summed up for one zone, bucket by bucket, in arrays that are used again from one zone to the next. */

/** @typedef {import("./unpack.js").Camera} Camera */

/** @type {WeakMap<Camera, Tally>} */
const tallies = new WeakMap();

/**
 * Return the tally of a camera, empty: that of the zone before is lost.
 *
 * @param {Camera} camera
 * @returns {Tally}
 */
export function tallyOf(camera) {
  let tally = tallies.get(camera);
  if (!tally) tallies.set(camera, (tally = new Tally(camera.buckets.length, camera.moments.count)));
  tally.clear();
  return tally;
}

/**
 * Sums of one zone. Arrays have a value for each bucket and one more, at `whole`, for the whole period, which is
 * there once `finish` was called.
 */
class Tally {
  constructor(buckets, moments) {
    this.whole = buckets;
    /** Time of all persons, time with at least one, and the longest stretch with at least one, µs. */
    this.present = new Float64Array(buckets + 1);
    this.occupied = new Float64Array(buckets + 1);
    this.longest = new Float64Array(buckets + 1);
    this.most = new Int32Array(buckets + 1);
    this.visits = new Int32Array(buckets + 1);
    this.stays = new Int32Array(buckets + 1);
    /** How many persons are there in each moment, and the first and last in which anybody is. */
    this.there = new Uint16Array(moments);
    this.firstMoment = moments;
    this.lastMoment = -1;
    this.makeRoom(1024);
  }

  clear() {
    for (const sums of [this.present, this.occupied, this.longest, this.most, this.visits, this.stays]) sums.fill(0);
    this.firstMoment = this.there.length;
    this.lastMoment = -1;
    this.stayCount = 0;
    this.forget();
  }

  /** Add a moment of the same person as before, in the order of time. */
  add(moment, begin, end, bucket, gap) {
    this.present[bucket] += end - begin;
    // Two trajectories of one person may be there at once.
    if (moment !== this.moment) this.there[moment]++;
    this.moment = moment;
    if (moment < this.firstMoment) this.firstMoment = moment;
    if (moment > this.lastMoment) this.lastMoment = moment;
    if (this.bucket < 0) this.visits[this.whole]++;
    if (bucket !== this.bucket) this.visits[bucket]++;
    this.bucket = bucket;
    if (begin - this.stayEnd > gap) {
      this.closeStay();
      this.stayBegin = begin;
      this.stayBucket = bucket;
    }
    this.stayEnd = end;
  }

  /** Go on to another person, or come to an end. */
  nextPerson() {
    this.closeStay();
    this.forget();
  }

  forget() {
    this.moment = -1;
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

  makeRoom(stays) {
    const {lengths, buckets} = this;
    this.lengths = new Float64Array(stays);
    this.buckets = new Int32Array(stays);
    this.sorted = new Float64Array(stays);
    this.sortedWhole = new Float64Array(stays);
    this.firstStay = new Int32Array(this.whole + 2);
    if (lengths) this.lengths.set(lengths);
    if (buckets) this.buckets.set(buckets);
  }

  /** Sum up the whole period, and put the stays in order. */
  finish() {
    const {whole, firstStay, stays} = this;
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

  /** A percentile of the stays that begin in a bucket, at least one, interpolated linearly; µs. */
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
