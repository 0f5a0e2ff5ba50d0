// The main view: a card for each camera, drawn when it is scrolled into view.

import {byId, make} from "./dom.js";
import {coveredText, figureText} from "./format.js";
import {drawHeat} from "./heatlayer.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./state.js").State} State */

// Pixels across the heat of a card; it is smooth, so the browser may enlarge it.
const CARD_WIDTH = 480;
// As many cards as fit on a sheet of paper are drawn before they are scrolled to, and printed before an open camera.
const ON_PAPER = 9;
// How long a card that nobody has scrolled to waits for an idle moment.
const IDLE_MS = 200;

/**
 * Make the scene of a camera: its plate, or plain grey, and a canvas over it.
 * @param {Camera} camera
 * @param {string} alternative words for those who do not see the picture.
 * @returns {{element: HTMLElement, canvas: HTMLCanvasElement}}
 */
export function makeScene(camera, alternative) {
  const canvas = make("canvas", {width: CARD_WIDTH, height: Math.round(CARD_WIDTH / camera.aspect)});
  canvas.setAttribute("aria-hidden", "true");
  const {plate} = camera.about;
  const element = make("div", {class: camera.about.covered_s ? "scene" : "scene nothing", role: "img", "aria-label": alternative}, canvas);
  if (plate !== null) element.prepend(make("img", {src: plate, alt: "", loading: "lazy", decoding: "async"}));
  element.style.aspectRatio = String(camera.aspect);
  element.style.setProperty("--aspect", String(camera.aspect));
  return {element, canvas};
}

export class Cards {
  /**
   * @param {Camera[]} cameras
   * @param {State} state
   */
  constructor(cameras, state) {
    this.state = state;
    this.cards = cameras.map((camera) => new Card(camera, state));
    this.none = make("p", {class: "notice", hidden: true}, "No camera is all of this. Clear the search or the filters to see more.");
    byId("cards").append(...this.cards.map((card) => card.element));
    byId("cards").after(this.none);
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const card = this.cards.find(({element}) => element === entry.target);
        if (card) card.show(entry.isIntersecting);
      }
    }, {rootMargin: "200px"});
    for (const card of this.cards) seen.observe(card.element);
    this.update(state.now);
    /** Done when as many cards as fit on paper are drawn. */
    this.drawn = this.#drawFirst(ON_PAPER, idle);
  }

  /**
   * Show the cards that the filters leave.
   * @param {Choices} now
   */
  update(now) {
    byId("cards").dataset.columns = String(now.columns);
    let shown = 0;
    for (const card of this.cards) {
      const is = isShown(card.camera, now);
      card.element.hidden = !is;
      shown += Number(is);
      card.update(now);
    }
    const all = this.cards.length;
    byId("shown").textContent = shown === all ? `${all} ${all === 1 ? "camera" : "cameras"}` : `${shown} of ${all} cameras`;
    this.none.hidden = shown > 0;
  }

  /**
   * Go to the card of a camera.
   * @param {string} name
   */
  focus(name) {
    this.cards.find(({camera}) => camera.about.name === name)?.link.focus({preventScroll: true});
  }

  /** Draw what is going to be on paper. */
  async drawForPaper() {
    await this.#drawFirst(this.state.now.camera ? ON_PAPER : Infinity);
  }

  /** Say on paper how many cameras are on it, if some are missing: those never drawn, and those without room. */
  tellPaper() {
    const shown = this.cards.filter(({element}) => !element.hidden);
    const printed = shown.slice(0, this.state.now.camera ? ON_PAPER : Infinity).filter(({isDrawn}) => isDrawn);
    for (const card of shown) card.element.classList.toggle("offpaper", !printed.includes(card));
    byId("paper").textContent = printed.length < shown.length ? `Printed here: ${printed.length} of ${shown.length} cameras.` : "";
  }

  /**
   * Draw the first of the cards that the filters leave, one after the other.
   * @param {number} most
   * @param {() => Promise<void>} [turn] promise to wait for before each of them.
   */
  async #drawFirst(most, turn) {
    for (const card of this.cards.filter(({element}) => !element.hidden).slice(0, most)) {
      await turn?.();
      await card.draw();
    }
  }
}

/** Wait for an idle moment, but not for long: a busy machine may have none for half a minute. */
async function idle() {
  await new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, {timeout: IDLE_MS});
    else setTimeout(resolve);
  });
}

/**
 * Whether the filters of the main view leave a camera.
 * @param {Camera} camera
 * @param {Choices} now
 * @returns {boolean}
 */
function isShown({about, report}, now) {
  const view = report.views.find((one) => one.name === now.view);
  return (
    about.name.toLowerCase().includes(now.search.trim().toLowerCase()) &&
    (!now.location || about.location === now.location) &&
    (!now.label || about.labels.includes(now.label)) &&
    (!view || view.cameras.includes(about.name))
  );
}

class Card {
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
    this.spark = svg("svg", {class: "spark", viewBox: `0 0 ${about.buckets.length} 100`, preserveAspectRatio: "none", "aria-hidden": "true"});
    const words = make(
      "div", {class: "words"},
      make("h2", {dir: "auto"}, this.link),
      tags.length ? make("p", {class: "tags"}, ...tags.map((text, place) => make("span", {class: about.location && place === 0 ? "" : "tag", dir: "auto"}, text))) : null,
      make("dl", {class: "facts"}, ...Object.values(this.facts).map(({element}) => element)),
      about.covered_s ? this.spark : null,
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
    this.facts.visitors.before.textContent = before ? `before: ${figureText("unique_visits", before.total.unique_visits)}` : "";
    this.#tell(about.areas[0].total.unique_visits, about.peak, coveredText(about.covered_s, about.selected_s));
    this.spark.replaceChildren(...bars(about.activity_pct));
  }

  #tellComputed() {
    const {camera} = this;
    this.computed = camera.key;
    const {total} = camera.figures(null);
    this.facts.visitors.before.textContent = "";
    this.#tell(total.unique_visits, camera.peakHour(), camera.coveredText());
    this.spark.replaceChildren(...bars(camera.activity(this.state.now.outliers)));
  }

  /**
   * @param {?number} visitors
   * @param {?string} peak
   * @param {string} covered
   */
  #tell(visitors, peak, covered) {
    this.facts.visitors.set(figureText("unique_visits", visitors));
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
