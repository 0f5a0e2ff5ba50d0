// The line chart and the overview below it. Bokeh draws them; the documents are made in charts.py.

import {byId} from "./dom.js";
import {longLabel, shortLabel, withUnit} from "./format.js";
import {CHARTED} from "./series.js";

// Room for one label of the axis, in pixels.
const LABEL_WIDTH = 62;
// Steps between labels that people are used to, in buckets.
const STEPS = {daily: [1, 2, 3, 4, 6, 12], weekly: [1], monthly: [1, 2, 5, 7, 10], annual: [1, 2, 3, 6]};
// Opacity of the grey ground of a bucket that was not watched at all.
const UNCOVERED_ALPHA = 0.3;
// How long the range tool must rest before what it chose is computed, in ms.
const DRAG_MS = 120;

/** @typedef {import("./bokeh.d.ts").BokehDocument} BokehDocument */
/** @typedef {import("./content.d.ts").ChartDocuments} ChartDocuments */
/** @typedef {import("./content.d.ts").Kind} Kind */

/**
 * Parts of time that a chart shows.
 * @typedef {object} Parts
 * @property {string[]} labels
 * @property {Kind} kind kind of a report with such parts.
 * @property {number[]} covered_s watched seconds of each part.
 * @property {number[]} selected_s seconds of each part that were asked for.
 */

/**
 * Find a model of a document by its name.
 * @typedef {BokehDocument["get_model_by_name"]} Find
 */

/**
 * Put a document of Bokeh into the page.
 * @param {object} item document as `json_item` wrote it.
 * @param {HTMLElement} host
 * @returns {Promise<BokehDocument>}
 */
async function embed(item, host) {
  await Bokeh.embed.embed_item(item, host);
  passOver(host);
  return Bokeh.documents[Bokeh.documents.length - 1];
}

/**
 * Let Tab pass over a chart: Bokeh has it stop there, where no key does anything
 * (https://github.com/bokeh/bokeh/pull/14112).
 * @param {HTMLElement | ShadowRoot} root
 */
function passOver(root) {
  for (const element of root.querySelectorAll("*")) {
    element.removeAttribute("tabindex");
    if (element.shadowRoot) passOver(element.shadowRoot);
  }
}

/**
 * Return the grey ground of parts that were not wholly watched, the darker the less they were.
 * @param {Parts} parts
 * @returns {{from: number[], to: number[], alpha: number[]}}
 */
function uncoveredOf({covered_s, selected_s}) {
  const places = covered_s.map((_, place) => place);
  const missing = (/** @type {number} */ place) => (selected_s[place] ? 1 - covered_s[place] / selected_s[place] : 1);
  const from = places.filter((place) => missing(place) > 0.001);
  return {from, to: from.map((place) => place + 1), alpha: from.map((place) => UNCOVERED_ALPHA * missing(place))};
}

export class Charts {
  /**
   * @param {BokehDocument} line document of the line chart.
   * @param {BokehDocument} overview document of the overview.
   * @param {(first: number, last: number) => void} chosen listener for a range of buckets.
   */
  constructor(line, overview, chosen) {
    /** @type {Find} */
    this.line = (name) => line.get_model_by_name(name);
    /** @type {Find} */
    this.overview = (name) => overview.get_model_by_name(name);
    this.axisOf = new Map([[this.line, ""], [this.overview, ""]]);
    this.top = 0;
    this.chosen = chosen;
    this.count = 1;
    /** @type {[number, number]} */
    this.range = [0, 1];
    this.isSetting = false;
    this.timer = 0;
    const {start, end} = this.overview("chosen").properties;
    for (const bound of [start, end]) bound.change.connect(() => this.#dragged());
  }

  /**
   * Make the charts of the page.
   * @param {ChartDocuments} documents documents as `chart_documents` made them.
   * @param {(first: number, last: number) => void} chosen
   * @returns {Promise<Charts>}
   */
  static async make(documents, chosen) {
    const line = await embed(documents.line, byId("line"));
    const overview = await embed(documents.overview, byId("overview"));
    return new Charts(line, overview, chosen);
  }

  /**
   * Show a figure by bucket, and of the period before as a dashed line.
   * @param {import("./series.js").Series} series
   */
  showLine({field, labels, kind, range, buckets, covered, before}) {
    const [first, last] = range;
    const values = buckets.map((one, place) => (place >= first && place < last ? one[field] : null));
    const row = CHARTED.indexOf(field);
    const then = (before ?? []).slice(0, labels.length).map((one) => one[row]);
    this.#rise(Math.max(0, ...[...values, ...then.slice(first, last)].map((value) => value ?? 0)));
    const nan = (/** @type {?number} */ value) => value ?? Number.NaN;
    const x = labels.map((_, place) => place + 0.5);
    this.line("now").data = {
      x,
      y: values.map(nan),
      label: labels.map((label) => longLabel(label, kind)),
      value: values.map((value) => withUnit(field, value)),
      before: labels.map((_, place) => (before ? `before: ${withUnit(field, then[place] ?? null)}` : "")),
      covered,
    };
    this.line("before").data = {x: x.slice(0, then.length), y: then.map(nan)};
  }

  /**
   * Show which parts of time the line chart has, and what of them was watched.
   * @param {Parts} parts
   * @param {[number, number]} range first of the shown parts, and the one after the last.
   */
  showTime(parts, range) {
    this.line("uncovered").data = uncoveredOf(parts);
    Object.assign(this.line("across"), {start: range[0], end: range[1]});
    this.#label(this.line, parts, range);
  }

  /**
   * Show which part of the whole period is chosen, and what of it was watched.
   * @param {Parts} parts buckets of the period.
   * @param {[number, number]} range
   */
  showPeriod(parts, range) {
    const {labels} = parts;
    this.overview("uncovered").data = uncoveredOf(parts);
    Object.assign(this.overview("all"), {start: 0, end: Math.max(labels.length, 1)});
    this.count = labels.length;
    this.range = range;
    this.#snap();
    this.#label(this.overview, parts, [0, labels.length]);
  }

  /**
   * Show the activity of the whole frame.
   * @param {Array<?number>} activity_pct percent of each bucket.
   */
  showActivity(activity_pct) {
    this.overview("activity").data = {
      x: activity_pct.map((_, place) => place + 0.5),
      y: activity_pct.map((value) => value ?? Number.NaN),
    };
  }

  /** Round the ends of the tool, which are anywhere while it is dragged, to whole buckets. */
  #dragged() {
    if (this.isSetting) return;
    const {start, end} = this.overview("chosen");
    const first = Math.min(Math.max(Math.round(start), 0), this.count - 1);
    const last = Math.min(Math.max(Math.round(end), first + 1), this.count);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.chosen(first, last);
      this.#snap();
    }, DRAG_MS);
  }

  /** Put the ends of the tool where those of the chosen buckets are. */
  #snap() {
    this.isSetting = true;
    Object.assign(this.overview("chosen"), {start: this.range[0], end: this.range[1]});
    this.isSetting = false;
  }

  /** Let the axis end above the highest value; only in large steps, so that it rests while a circle moves. */
  #rise(/** @type {number} */ most) {
    const magnitude = 10 ** Math.floor(Math.log10(most || 1));
    const top = most === 0 ? 1 : [1, 2, 5, 10].map((one) => one * magnitude).find((one) => one >= most) ?? most;
    if (top === this.top) return;
    this.top = top;
    this.line("up").end = top * 1.05;
  }

  /**
   * Write the names of buckets below a chart, as many as there is room for.
   * @param {Find} chart
   * @param {Parts} parts
   * @param {[number, number]} range
   */
  #label(chart, {labels, kind}, [first, last]) {
    const room = Math.max(2, Math.floor((byId("line").clientWidth - 64) / LABEL_WIDTH));
    const steps = STEPS[kind];
    const step = steps.find((one) => (last - first) / one <= room) ?? Math.ceil((last - first) / room);
    // An hour begins at its name; a day or month is named in its middle.
    const off = kind === "daily" ? 0 : 0.5;
    const named = labels.map((_, place) => place).filter((place) => place >= first && place < last && place % step === 0);
    const texts = new Map(named.map((place) => [place + off, shortLabel(labels[place], kind)]));
    const key = JSON.stringify([...texts]);
    if (this.axisOf.get(chart) === key) return;
    this.axisOf.set(chart, key);
    const axis = chart("buckets");
    axis.major_label_overrides = texts;
    axis.ticker.ticks = [...texts.keys()];
  }
}

