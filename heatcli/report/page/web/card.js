// A card of the main view: the map of one camera with its key figures.

import {make} from "./dom.js";
import {beforeText, coveredText, figureText, marginText} from "./format.js";
import {drawHeat} from "./heatlayer.js";
import {toggledName} from "./names.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./state.js").State} State */

// Pixels across the heat of a card; it is smooth, so the browser may enlarge it.
const CARD_WIDTH = 480;

/**
 * Make the scene of a camera: its plate, or plain grey, and a canvas over it.
 * @param {Camera} camera
 * @param {string} alternative words for those who do not see the picture.
 * @returns {{element: HTMLElement, canvas: HTMLCanvasElement}}
 */
function makeScene(camera, alternative) {
  const canvas = make("canvas", {width: CARD_WIDTH, height: Math.round(CARD_WIDTH / camera.aspect)});
  canvas.setAttribute("aria-hidden", "true");
  const {plate} = camera.about;
  const element = make("div", {class: camera.about.covered_s ? "scene" : "scene nothing", role: "img", "aria-label": alternative}, canvas);
  if (plate !== null) element.prepend(make("img", {src: plate, alt: "", loading: "lazy", decoding: "async"}));
  element.style.aspectRatio = String(camera.aspect);
  element.style.setProperty("--aspect", String(camera.aspect));
  return {element, canvas};
}

export class Card {
  /**
   * @param {Camera} camera
   * @param {State} state
   */
  constructor(camera, state) {
    this.camera = camera;
    this.state = state;
    this.isSeen = false;
    /** Keys of the choices that the heat was last drawn for, and the figures computed for. */
    this.drawn = "";
    this.computed = "";
    const {about} = camera;
    const scene = makeScene(camera, `Heat map of ${about.name}`);
    this.canvas = scene.canvas;
    this.empty = make("p", {class: "empty", hidden: true}, "Nothing was recorded in this time.");
    scene.element.append(this.empty);
    this.link = make("a", {href: state.address({camera: about.name})}, about.name);
    this.link.addEventListener("click", (/** @type {Event} */ event) => {
      event.preventDefault();
      state.set({camera: about.name});
    });
    const tags = [about.location, ...about.labels].filter(Boolean);
    this.facts = {visitors: fact("Visitors"), peak: fact("Peak hour"), covered: fact("Covered", "small")};
    this.spark = svg("svg", {class: "spark", preserveAspectRatio: "none", "aria-hidden": "true"});
    this.outliers = make("input", {type: "checkbox", role: "switch", "aria-label": `Filter outliers at ${about.name}`});
    this.outliers.addEventListener("change", () => state.set({otherwise: toggledName(state.now.otherwise, about.name)}));
    const found = about.outliers.length ? `${about.outliers.length} found` : "none found";
    const words = make(
      "div", {class: "words"},
      make("h2", {dir: "auto"}, this.link),
      tags.length ? make("p", {class: "tags"}, ...tags.map((text, place) => make("span", {class: about.location && place === 0 ? "" : "tag", dir: "auto"}, text))) : null,
      make("dl", {class: "facts"}, ...Object.values(this.facts).map(({element}) => element)),
      about.covered_s ? this.spark : null,
      about.covered_s ? make("label", {class: "check here noprint"}, this.outliers, "Filter outliers ", make("span", {class: "quiet"}, found)) : null,
    );
    this.element = make("li", {class: "card"}, scene.element, words);
  }

  /** @param {boolean} isSeen */
  show(isSeen) {
    this.isSeen = isSeen;
    if (isSeen) void this.draw();
  }

  /** @param {Choices} now */
  update(now) {
    this.link.href = this.state.address({camera: this.camera.about.name});
    this.outliers.checked = this.camera.hidesOutliers(now);
    // If nothing was recorded, no choice changes what the report says.
    if (this.camera.isReported(now) || this.camera.about.covered_s === 0) this.#tellReported();
    if (this.isSeen && !this.element.hidden) void this.draw();
  }

  /** Whether the card is complete. */
  get isDrawn() {
    return this.drawn !== "" || this.camera.about.covered_s === 0;
  }

  /** Draw the heat, and compute the figures where the report does not have them. */
  async draw() {
    const {camera} = this;
    if (camera.about.covered_s === 0) return;
    if (!(await camera.load())) return;
    const {now} = this.state;
    camera.choose(now);
    const {colors} = camera.report;
    const key = JSON.stringify([camera.key, now.metric, now.colors, now.opacity, now.threshold]);
    if (!camera.isReported(now) && camera.key !== this.computed) this.#tellComputed();
    if (key === this.drawn) return;
    this.drawn = key;
    const style = {colors: colors[now.colors], opacity: now.opacity, threshold: now.threshold};
    drawHeat(this.canvas, camera.heat(now.metric), camera.scaleEnd(now.metric), style);
  }

  #tellReported() {
    this.computed = "";
    const {about} = this.camera;
    const [{before}] = about.areas;
    this.facts.visitors.before.textContent = before ? beforeText("unique_visits", about.areas[0].total, before.total, about.compares_rates) : "";
    this.#tell(about.areas[0].total.unique_visits, about.peak, coveredText(about.covered_s, about.selected_s), about.audit);
    this.#chart(about.activity_pct);
  }

  #tellComputed() {
    const {camera} = this;
    this.computed = camera.key;
    const {total} = camera.figures(null);
    this.facts.visitors.before.textContent = "";
    this.#tell(total.unique_visits, camera.peakHour(), camera.coveredText());
    this.#chart(camera.isDivided ? camera.partActivity() : camera.activity(this.state.now));
  }

  /** @param {Array<?number>} activity_pct */
  #chart(activity_pct) {
    this.spark.setAttribute("viewBox", `0 0 ${activity_pct.length} 100`);
    this.spark.replaceChildren(...bars(activity_pct));
  }

  /**
   * @param {?number} visitors
   * @param {?string} peak
   * @param {string} covered
   * @param {?import("./content.d.ts").Audit} [audit] how far the figures may be off.
   */
  #tell(visitors, peak, covered, audit = null) {
    this.facts.visitors.set(`${figureText("unique_visits", visitors)}${marginText("unique_visits", visitors, audit)}`);
    this.facts.peak.set(peak ?? "–");
    this.facts.covered.set(covered.replace(" covered", "").replace("nothing recorded", "nothing"));
    this.empty.hidden = visitors !== null;
  }
}

/**
 * Make a bar of each bucket's activity; a grey one where it is not known.
 * @param {Array<?number>} activity_pct
 * @returns {Element[]}
 */
function bars(activity_pct) {
  return activity_pct.map((value, place) => {
    if (value === null) return svg("rect", {class: "gap", x: place, y: 0, width: 1, height: 100});
    return svg("rect", {class: "present", x: place + 0.12, y: 100 - value, width: 0.76, height: value});
  });
}

/**
 * Make an element of a drawing.
 * @param {string} tag
 * @param {Record<string, unknown>} attributes
 * @returns {Element}
 */
function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/**
 * Make a number with its name.
 * @param {string} name
 * @param {string} [style] class of the number.
 * @returns {{element: HTMLElement, before: HTMLElement, set: (text: string) => void}}
 */
function fact(name, style = "") {
  const value = make("span");
  const before = make("span", {class: "before"});
  const set = (/** @type {string} */ text) => {
    value.textContent = text;
  };
  return {element: make("div", {}, make("dt", {}, name), make("dd", {class: style}, value, before)), before, set};
}
