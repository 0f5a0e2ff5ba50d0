// One camera: what the report says of it, and what is computed from its points, which are unpacked when first needed.

import {choose} from "./choose.js";
import {divisionOf} from "./division.js";
import {byId} from "./dom.js";
import {coveredText} from "./format.js";
import {heatGrid} from "./heat.js";
import {hottestPlaces} from "./hottest.js";
import {lineFigures} from "./lines.js";
import {readNames} from "./names.js";
import {smoothed} from "./smooth.js";
import {bucketRange, chosenPieces, isWhole} from "./time.js";
import {activityOf, zoneFigures} from "./union.js";
import {unpackCamera} from "./unpack.js";

/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./place.js").Shape} Shape */

/** @typedef {import("./content.d.ts").About} About */
/** @typedef {import("./content.d.ts").HotPlace} HotPlace */
/** @typedef {import("./content.d.ts").Report} Report */
/** @typedef {import("./choose.js").Choice} Choice */
/** @typedef {import("./heat.js").Grid} Grid */
/** @typedef {import("./heat.js").Metric} Metric */
/** @typedef {import("./union.js").Figures} Figures */
/** @typedef {import("./unpack.js").Camera} Points */

export class Camera {
  /**
   * @param {About} about
   * @param {number} place index of the camera in the report.
   * @param {Report} report
   */
  constructor(about, place, report) {
    this.about = about;
    this.place = place;
    this.report = report;
    /** @type {?Points} */
    this.points = null;
    /** @type {?Promise<boolean>} */
    this.loading = null;
    this.key = "";
    /** @type {?Choice} */
    this.choice = null;
    /** @type {import("./division.js").Division} */
    this.division = {labels: about.buckets, of: new Int32Array(), kind: report.kind};
    /** @type {Map<Metric, Grid>} */
    this.grids = new Map();
    /** @type {?HotPlace[]} */
    this.hot = null;
  }

  /**
   * Whether outliers are left out here: as at all cameras, unless the switch of this one was moved.
   * @param {Choices} now
   * @returns {boolean}
   */
  hidesOutliers(now) {
    return now.outliers !== readNames(now.otherwise).includes(this.about.name);
  }

  /**
   * Unpack the points, once.
   * @returns {Promise<boolean>} true where that worked; the page says so if not.
   */
  load() {
    this.loading ??= this.#unpack();
    return this.loading;
  }

  // Nothing is computed before the camera is loaded and a choice is made of what counts.
  get #loaded() {
    return /** @type {Points} */ (this.points);
  }

  get #chosen() {
    return /** @type {Choice} */ (this.choice);
  }

  async #unpack() {
    const element = byId(`data-points-${this.place}`);
    try {
      this.points = await unpackCamera(JSON.parse(element.textContent));
    } catch (error) {
      // Without points, only the figures of the report can be shown, which are of the whole period.
      byId("failed").hidden = false;
      byId("when").hidden = true;
      byId("failure").textContent = String(error);
      return false;
    }
    element.textContent = ""; // the packed points are not needed again
    return true;
  }

  /**
   * Set what counts in everything that is computed from now on. The points must be loaded.
   * @param {Choices} now
   */
  choose(now) {
    const {buckets} = this.about;
    const range = bucketRange(buckets, now);
    const hideOutliers = this.hidesOutliers(now);
    const key = JSON.stringify([...range, now.hoursFrom, now.hoursTo, now.view, hideOutliers]);
    if (key === this.key) return;
    const pieces = chosenPieces(this.#loaded, buckets, now);
    this.division = divisionOf(this.#loaded, buckets, range, this.report.kind);
    this.choice = choose(this.#loaded, {pieces, hideOutliers, division: this.division});
    this.key = key;
    this.grids.clear();
    this.hot = this.isReported(now) && this.about.hot.length ? this.about.hot : null;
  }

  /**
   * Whether the report itself has the figures of what is chosen, so that nothing must be computed.
   * @param {Choices} now
   * @returns {boolean}
   */
  isReported(now) {
    return isWhole(this.about, now) && this.hidesOutliers(now) === this.report.hide_outliers;
  }

  /**
   * Compute the figures of a shape in what is chosen, in total and by bucket.
   * @param {Shape} shape
   * @returns {{total: Figures, buckets: Figures[]}}
   */
  figures(shape) {
    return zoneFigures(this.#chosen, shape);
  }

  /**
   * Find the hottest places of what is chosen, with their figures.
   * @returns {HotPlace[]} places, the hottest first.
   */
  hotPlaces() {
    if (!this.hot) {
      const {columns, smoothing, reach, ...limits} = this.report.hot;
      const grid = smoothed(heatGrid(this.#chosen, {metric: "dwell_time", columns, reach}), smoothing, reach);
      this.hot = hottestPlaces(grid, limits).map((place) => ({...place, total: this.figures(place.shape).total}));
    }
    return this.hot;
  }

  /**
   * Count who crossed the configured lines in what is chosen.
   * @returns {ReturnType<typeof lineFigures>} numbers of each line.
   */
  lines() {
    return lineFigures(this.#chosen, this.about.lines.length);
  }

  /**
   * Return the activity of the whole frame over the whole period.
   * @param {Choices} now
   * @returns {Array<?number>} activity of each bucket, in percent of the busiest.
   */
  activity(now) {
    const hideOutliers = this.hidesOutliers(now);
    if (hideOutliers === this.report.hide_outliers) return this.about.activity_pct;
    const {bucketPresent_us, bucketCovered_us} = choose(this.#loaded, {hideOutliers});
    return activityOf(bucketPresent_us, bucketCovered_us);
  }

  /** Whether the only chosen bucket is shown by its own parts. */
  get isDivided() {
    return this.division.kind !== this.report.kind;
  }

  /**
   * Return the activity of the whole frame in each part of the only chosen bucket.
   * @returns {Array<?number>} activity in percent of the busiest part.
   */
  partActivity() {
    return activityOf(this.#chosen.bucketPresent_us, this.#chosen.bucketCovered_us);
  }

  /**
   * Return how much of each charted part of the period was watched and asked for, whatever hours are chosen.
   * @returns {{covered_s: number[], selected_s: number[]}}
   */
  coverage() {
    const {about, division} = this;
    if (!this.isDivided) return {covered_s: about.bucket_covered_s, selected_s: about.bucket_selected_s};
    const {selected, covered} = this.#loaded.pieces;
    const [covered_s, selected_s] = [covered, selected].map((times) => {
      const sums = division.labels.map(() => 0);
      division.of.forEach((part, piece) => {
        if (part >= 0) sums[part] += times[piece] / 1e6;
      });
      return sums;
    });
    return {covered_s, selected_s};
  }

  /**
   * Say how much of what is chosen was watched.
   * @param {number} [bucket] index of the only bucket that is meant.
   */
  coveredText(bucket) {
    const {covered_us, selected_us, bucketCovered_us, bucketSelected_us} = this.#chosen;
    if (bucket === undefined) return coveredText(covered_us / 1e6, selected_us / 1e6);
    return coveredText(bucketCovered_us[bucket] / 1e6, bucketSelected_us[bucket] / 1e6);
  }

  /**
   * Return the map of what is chosen.
   * @param {Metric} metric
   * @returns {Grid}
   */
  heat(metric) {
    let grid = this.grids.get(metric);
    if (!grid) {
      const {columns, smoothing, reach} = this.report.look;
      grid = smoothed(heatGrid(this.#chosen, {metric, columns, reach}), smoothing, reach);
      this.grids.set(metric, grid);
    }
    return grid;
  }

  /**
   * Return the value at the end of the colour scale of that map.
   * @param {Metric} metric
   * @returns {number} end of the scale; 0 where there is nothing to show.
   */
  scaleEnd(metric) {
    const {look} = this.report;
    // An absolute scale is in the unit of the metric that the report was made with.
    if (look.max_value !== null && metric === look.metric) return look.max_value;
    // If nothing was recorded, rates are NaN, which is never larger than anything.
    return this.heat(metric).values.reduce((most, value) => (value > most ? value : most), 0);
  }

  /**
   * Name the hour of the day with the most people in the frame, on average, in what is chosen.
   * @returns {?string} time such as `10:00`; null where there was nobody.
   */
  peakHour() {
    const {hourPresent_us, hourCovered_us} = this.#chosen;
    const rates = hourPresent_us.map((time, hour) => (hourCovered_us[hour] ? time / hourCovered_us[hour] : 0));
    const peak = rates.indexOf(Math.max(...rates));
    return rates[peak] > 0 ? `${String(peak).padStart(2, "0")}:00` : null;
  }

  /**
   * Width of the scene in its true shape divided by its height.
   * @returns {number}
   */
  get aspect() {
    return (this.about.width * this.about.sample_aspect) / this.about.height;
  }
}
