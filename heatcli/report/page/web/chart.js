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

export class Charts {
  /**
   * @param {Kind} kind kind of the report.
   * @param {BokehDocument} line document of the line chart.
   * @param {BokehDocument} overview document of the overview.
   * @param {(first: number, last: number) => void} chosen listener for a range of buckets.
   */
  constructor(kind, line, overview, chosen) {
    this.kind = kind;
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
   * @param {Kind} kind kind of the report.
   * @param {(first: number, last: number) => void} chosen
   * @returns {Promise<Charts>}
   */
  static async make(documents, kind, chosen) {
    const line = await embed(documents.line, byId("line"));
    const overview = await embed(documents.overview, byId("overview"));
    return new Charts(kind, line, overview, chosen);
  }

  /**
   * Show a figure by bucket, and of the period before as a dashed line.
   * @param {import("./series.js").Series} series
   */
  showLine({field, labels, range, buckets, covered, before}) {
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
      label: labels.map((label) => longLabel(label, this.kind)),
      value: values.map((value) => withUnit(field, value)),
      before: labels.map((_, place) => (before ? `before: ${withUnit(field, then[place] ?? null)}` : "")),
      covered,
    };
    this.line("before").data = {x: x.slice(0, then.length), y: then.map(nan)};
  }

  /**
   * Show which part of the period there is, and what of it was watched.
   * @param {string[]} labels
   * @param {[number, number]} range
   * @param {number[]} covered_s watched seconds of each bucket.
   * @param {number[]} selected_s chosen seconds of each bucket.
   */
  showTime(labels, range, covered_s, selected_s) {
    /** @type {{from: number[], to: number[], alpha: number[]}} */
    const uncovered = {from: [], to: [], alpha: []};
    covered_s.forEach((seconds, place) => {
      const part = selected_s[place] ? 1 - seconds / selected_s[place] : 1;
      if (part <= 0.001) return;
      uncovered.from.push(place);
      uncovered.to.push(place + 1);
      uncovered.alpha.push(UNCOVERED_ALPHA * part);
    });
    for (const chart of [this.line, this.overview]) chart("uncovered").data = uncovered;
    Object.assign(this.line("across"), {start: range[0], end: range[1]});
    Object.assign(this.overview("all"), {start: 0, end: Math.max(labels.length, 1)});
    this.count = labels.length;
    this.range = range;
    this.#snap();
    this.#label(this.line, labels, range);
    this.#label(this.overview, labels, [0, labels.length]);
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
   * @param {string[]} labels
   * @param {[number, number]} range
   */
  #label(chart, labels, [first, last]) {
    const room = Math.max(2, Math.floor((byId("line").clientWidth - 64) / LABEL_WIDTH));
    const steps = STEPS[this.kind];
    const step = steps.find((one) => (last - first) / one <= room) ?? Math.ceil((last - first) / room);
    // An hour begins at its name; a day or month is named in its middle.
    const off = this.kind === "daily" ? 0 : 0.5;
    const named = labels.map((_, place) => place).filter((place) => place >= first && place < last && place % step === 0);
    const texts = new Map(named.map((place) => [place + off, shortLabel(labels[place], this.kind)]));
    const key = JSON.stringify([...texts]);
    if (this.axisOf.get(chart) === key) return;
    this.axisOf.set(chart, key);
    const axis = chart("buckets");
    axis.major_label_overrides = texts;
    axis.ticker.ticks = [...texts.keys()];
  }
}

