// One camera: what the report says of it, and what is computed from its points, which are unpacked when first needed.

import {choose} from "./choose.js";
import {byId} from "./dom.js";
import {coveredText} from "./format.js";
import {heatGrid, smoothed} from "./heat.js";
import {bucketRange, chosenPieces, isWhole} from "./time.js";
import {activityOf, zoneFigures} from "./union.js";
import {unpackCamera} from "./unpack.js";

/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./place.js").Shape} Shape */

/**
 * What the report says of a camera: `_camera` in content.py.
 * @typedef {any} About
 */

export class Camera {
  /**
   * @param {About} about
   * @param {number} place of the camera in the report.
   * @param {any} report what the page says: `page_content` in content.py.
   */
  constructor(about, place, report) {
    this.about = about;
    this.place = place;
    this.report = report;
    /** @type {any} */
    this.points = null;
    /** @type {?Promise<boolean>} */
    this.loading = null;
    this.key = "";
    /** @type {any} */
    this.choice = null;
    /** @type {Map<string, any>} */
    this.grids = new Map();
  }

  /** Unpack the points; done once. @returns {Promise<boolean>} whether they could be; the page says so if not. */
  load() {
    this.loading ??= this.#unpack();
    return this.loading;
  }

  async #unpack() {
    const element = byId(`data-points-${this.place}`);
    try {
      this.points = await unpackCamera(JSON.parse(element.textContent));
    } catch (error) {
      // Without points nothing but what the report says can be shown, and that is of all of its time.
      byId("failed").hidden = false;
      byId("when").hidden = true;
      byId("failure").textContent = String(error);
      return false;
    }
    element.textContent = ""; // the packed points are not needed again
    return true;
  }

  /**
   * Let only what is chosen count, in everything that is computed from now on. The points must be loaded.
   * @param {Choices} now
   */
  choose(now) {
    const key = JSON.stringify([...bucketRange(this.about.buckets, now), now.hoursFrom, now.hoursTo, now.view, now.outliers]);
    if (key === this.key) return;
    const pieces = chosenPieces(this.points, this.about.buckets, now);
    this.choice = choose(this.points, {pieces, hideOutliers: now.outliers});
    this.key = key;
    this.grids.clear();
  }

  /**
   * Whether the report itself says what is chosen, so that nothing need be computed.
   * @param {Choices} now
   * @returns {boolean}
   */
  isReported(now) {
    return isWhole(this.about, now) && now.outliers === this.report.hide_outliers;
  }

  /**
   * Compute the figures of a shape in what is chosen, in total and by bucket.
   * @param {Shape} shape
   * @returns {{total: any, buckets: any[]}}
   */
  figures(shape) {
    return zoneFigures(this.choice, shape);
  }

  /**
   * Return the activity of the whole frame over the whole period.
   * @param {boolean} hideOutliers
   * @returns {Array<?number>} percent of the busiest bucket, of each
   */
  activity(hideOutliers) {
    if (hideOutliers === this.report.hide_outliers) return this.about.activity_pct;
    const {bucketPresent_us, bucketCovered_us} = choose(this.points, {hideOutliers});
    return activityOf(bucketPresent_us, bucketCovered_us);
  }

  /** Say how much of what is chosen was watched; in a bucket, where one is given. @param {number} [bucket] */
  coveredText(bucket) {
    const {covered_us, selected_us, bucketCovered_us, bucketSelected_us} = this.choice;
    if (bucket === undefined) return coveredText(covered_us / 1e6, selected_us / 1e6);
    return coveredText(bucketCovered_us[bucket] / 1e6, bucketSelected_us[bucket] / 1e6);
  }

  /**
   * Return the smoothed map of what is chosen.
   * @param {string} metric
   * @returns {any} a grid, as heat.js has it.
   */
  heat(metric) {
    if (!this.grids.has(metric)) {
      const {columns, smoothing} = this.report.look;
      this.grids.set(metric, smoothed(heatGrid(this.choice, {metric, columns}), smoothing));
    }
    return this.grids.get(metric);
  }

  /**
   * Return the value at the end of the colour scale of that map.
   * @param {string} metric
   * @returns {number} 0 where there is nothing to show.
   */
  scaleEnd(metric) {
    const {look} = this.report;
    // An absolute scale is in the unit of the metric that the report was made with.
    if (look.max_value !== null && metric === look.metric) return look.max_value;
    // Of a time in which nothing was recorded rates are not known, which is NaN.
    return this.heat(metric).values.reduce((/** @type {number} */ most, /** @type {number} */ value) => (value > most ? value : most), 0);
  }

  /**
   * Name the hour of the day with the most people in the frame, on average, in what is chosen.
   * @returns {?string} such as `10:00`; null where there was nobody.
   */
  peakHour() {
    const {hourPresent_us, hourCovered_us} = this.choice;
    const rates = hourPresent_us.map((/** @type {number} */ time, /** @type {number} */ hour) => (hourCovered_us[hour] ? time / hourCovered_us[hour] : 0));
    const peak = rates.indexOf(Math.max(...rates));
    return rates[peak] > 0 ? `${String(peak).padStart(2, "0")}:00` : null;
  }

  /** Width divided by height of the scene in its true shape. @returns {number} */
  get aspect() {
    return (this.about.width * this.about.sample_aspect) / this.about.height;
  }
}
