// How a place on the map is pointed at: a circle that follows the pointer or the arrow keys, and polygons.

import {byId, make, slider} from "./dom.js";
import {circleAt, hasArea, snap} from "./place.js";

/** @typedef {import("./map.js").SceneMap} SceneMap */
/** @typedef {import("./place.js").Point} Point */
/** @typedef {import("./place.js").Shape} Shape */

// One press of an arrow key, and one with Shift held, in fractions of the frame.
const [STEP, FINE_STEP] = [0.02, 0.001];
const RADIUS_FACTOR = 1.1;
// Radius of the circle where the map's own values are of cells.
const USUAL_RADIUS = 0.05;
const HELP = {
  follow: "The circle follows the pointer; the wheel changes its size, a click pins it. With keys: arrows move it (Shift: finely), + and − change its size, Enter pins it.",
  pinned: "Click the map, or press Esc, and the circle follows again.",
  draw: "Click the corners of the polygon. Enter or a double click closes it, Backspace takes a corner back, Esc gives up. With keys: arrows move, Space sets a corner.",
};

/**
 * What is told to whoever uses the tools.
 * @typedef {object} Listeners
 * @property {(shape: Shape) => void} moved listener for a circle that went somewhere, within the present frame of the screen.
 * @property {(shape: Shape) => void} pinned listener for a circle or polygon that was pinned.
 * @property {() => void} released listener for a circle that is to follow again.
 */

export class Tools {
  /**
   * @param {SceneMap} map
   * @param {Listeners} listeners
   * @param {number} reach reach of the map's values: a circle of this radius has the value of its centre's colour.
   */
  constructor(map, listeners, reach) {
    this.map = map;
    this.listeners = listeners;
    /** @type {"follow" | "pinned" | "draw"} */
    this.mode = "follow";
    this.circle = circleAt(0.5, 0.5, reach || USUAL_RADIUS);
    /** @type {Shape} */
    this.pin = null;
    /** @type {Point[]} */
    this.corners = [];
    /** @type {Point} */
    this.at = [0.5, 0.5];
    this.isWaiting = false;
    map.redraw = () => this.#draw();
    this.radius = this.#makeRadius();
    this.pinButton = make("button", {type: "button", onclick: () => (this.mode === "pinned" ? listeners.released() : this.#pinCircle())});
    this.drawButton = make("button", {type: "button", onclick: () => (this.mode === "draw" ? listeners.released() : this.#startDrawing())}, "Draw polygon");
    byId("tools").append(this.radius.element, this.pinButton, this.drawButton);
    this.#listen();
  }

  /**
   * Let the circle follow, from some place.
   * @param {number} x
   * @param {number} y
   */
  follow(x = this.circle.circle[0], y = this.circle.circle[1]) {
    this.circle = circleAt(x, y, this.circle.circle[2]);
    this.#become("follow");
  }

  /**
   * Keep a shape; null for one that the map itself marks.
   * @param {Shape} shape
   */
  keep(shape) {
    this.pin = shape;
    if (shape !== null && "circle" in shape) this.circle = circleAt(shape.circle[0], shape.circle[1], shape.circle[2]);
    this.#become("pinned");
  }

  #makeRadius() {
    return slider({
      name: "Radius",
      min: 0.005,
      max: 0.5,
      step: 0.0005,
      value: this.circle.circle[2],
      text: (value) => `${(100 * value).toFixed(1)} % of width`,
      change: (value) => this.#resize(value),
    });
  }

  #listen() {
    const {top} = this.map;
    top.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (event.pointerType !== "touch") this.#pointAt(this.map.at(event));
    });
    top.addEventListener("click", (/** @type {PointerEvent} */ event) => this.#click(event));
    top.addEventListener("dblclick", () => this.mode === "draw" && this.#close());
    top.addEventListener("wheel", (/** @type {WheelEvent} */ event) => {
      if (this.mode !== "follow") return;
      event.preventDefault();
      this.#resize(this.circle.circle[2] * Math.exp(-event.deltaY / 800));
    }, {passive: false});
    // The key works from the list of zones as well, but in a text field it only clears the text.
    byId("panes").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const isTyped = /** @type {Element} */ (event.target).matches("input:not([type=range])");
      if (event.key === "Escape" && this.mode !== "follow" && !isTyped) this.listeners.released();
    });
    top.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && this.#key(event)) event.preventDefault();
    });
  }

  /** @param {PointerEvent} event */
  #click(event) {
    const place = this.map.at(event);
    if (this.mode === "draw") {
      // The second click of a double click is where the first one was.
      if (event.detail < 2) this.#addCorner(place);
    } else if (this.mode === "pinned") {
      [this.circle] = [circleAt(place[0], place[1], this.circle.circle[2])];
      // A finger does not hover: where it taps is where the circle goes, and stays.
      if (event.pointerType === "touch") this.#pinCircle();
      else this.listeners.released();
    } else {
      this.circle = circleAt(place[0], place[1], this.circle.circle[2]);
      this.#pinCircle();
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} true where the key means anything here.
   */
  #key({key, shiftKey}) {
    const step = shiftKey ? FINE_STEP : STEP;
    /** @type {Record<string, Point>} */
    const moves = {ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step]};
    if (key in moves && this.mode !== "pinned") {
      const [x, y] = this.mode === "draw" ? this.at : this.circle.circle;
      this.#pointAt([x + moves[key][0], y + moves[key][1]]);
    } else if ("+=-_".includes(key) && this.mode === "follow") {
      this.#resize(this.circle.circle[2] * ("+=".includes(key) ? RADIUS_FACTOR : 1 / RADIUS_FACTOR));
    } else if (key === "Enter" && this.mode === "follow") this.#pinCircle();
    else if (key === "Enter" && this.mode === "draw") this.#close();
    else if (key === " " && this.mode === "draw") this.#addCorner(this.at);
    else if (key === "Backspace" && this.mode === "draw") {
      this.corners.pop();
      this.#draw();
    } else return false;
    return true;
  }

  /** @param {Point} place */
  #pointAt([x, y]) {
    if (this.mode === "pinned") return;
    this.at = [snap(x), snap(y)];
    if (this.mode === "follow") this.circle = circleAt(x, y, this.circle.circle[2]);
    this.#soon();
  }

  /** @param {number} radius */
  #resize(radius) {
    const [x, y] = this.circle.circle;
    this.circle = circleAt(x, y, radius);
    this.radius.set(this.circle.circle[2]);
    if (this.mode === "pinned" && this.pin !== null && "circle" in this.pin) this.#pinCircle();
    else this.#soon();
  }

  /** Draw and tell once in the next frame, however many events come before it. */
  #soon() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.#draw();
      if (this.mode === "follow") this.listeners.moved(this.circle);
    });
  }

  #pinCircle() {
    this.listeners.pinned(this.circle);
  }

  #startDrawing() {
    this.corners = [];
    const [x, y] = this.circle.circle;
    this.at = [x, y];
    this.#become("draw");
    this.map.top.focus();
  }

  /** @param {Point} place */
  #addCorner([x, y]) {
    this.corners.push([snap(x), snap(y)]);
    this.at = [snap(x), snap(y)];
    this.#draw();
  }

  #close() {
    if (this.corners.length >= 3 && hasArea(this.corners)) {
      // Needed also if the same polygon is already pinned, as listeners are then not told of a change.
      this.keep({polygon: this.corners});
      this.listeners.pinned(this.pin);
    } else byId("map-help").textContent = `A polygon takes three corners that are not on one line. ${HELP.draw}`;
  }

  /** @param {"follow" | "pinned" | "draw"} mode */
  #become(mode) {
    this.mode = mode;
    this.radius.set(this.circle.circle[2]);
    const isCircle = mode === "follow" || (mode === "pinned" && this.pin !== null && "circle" in this.pin);
    this.radius.element.hidden = !isCircle;
    this.pinButton.textContent = mode === "pinned" ? "Let go" : "Pin circle";
    this.pinButton.hidden = mode === "draw";
    this.drawButton.setAttribute("aria-pressed", String(mode === "draw"));
    byId("map-help").textContent = HELP[mode];
    this.#draw();
  }

  #draw() {
    if (this.mode === "draw") this.map.drawTop(null, {corners: this.corners, at: this.at});
    else if (this.mode === "pinned") this.map.drawTop(this.pin, {isPinned: true});
    else this.map.drawTop(this.circle);
  }
}
