// The map of one camera: its plate, the heat, the configured zones, and on top what is being looked at.

import {make} from "./dom.js";
import {drawHeat} from "./heatlayer.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./place.js").Point} Point */
/** @typedef {import("./place.js").Shape} Shape */

// Pixels across the heat; it is smooth, so the browser may enlarge it.
const HEAT_WIDTH = 800;
// With more zones than this their names would hide the scene.
const MOST_NAMES = 40;
// Radius of the rank of a hottest place, in pixels.
const RANK = 9;
const LIGHT = "#fff";
const DARK = "rgb(20 24 28 / 70%)";
const CHOSEN = "#ffd33d";

export class SceneMap {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.plate = make("img", {alt: "", hidden: true});
    this.heat = make("canvas", {"aria-hidden": "true"});
    this.zones = make("canvas", {"aria-hidden": "true"});
    this.top = make("canvas", {class: "top", tabIndex: 0, role: "application", "aria-describedby": "map-help"});
    host.append(this.plate, this.heat, this.zones, this.top);
    /** @type {?Camera} */
    this.camera = null;
    /** @type {number} */
    this.chosen = -1;
    /** @type {import("./content.d.ts").HotPlace[]} */
    this.hot = [];
    /** @type {() => void} */
    this.redraw = () => {};
    new ResizeObserver(() => this.#resize()).observe(host);
  }

  /**
   * Show a camera.
   * @param {Camera} camera
   */
  show(camera) {
    this.camera = camera;
    this.host.style.aspectRatio = String(camera.aspect);
    this.host.style.setProperty("--aspect", String(camera.aspect));
    this.plate.hidden = camera.about.plate === null;
    if (camera.about.plate !== null) this.plate.src = camera.about.plate;
    this.top.setAttribute("aria-label", `Map of ${camera.about.name}, with a circle to move`);
    this.heat.width = HEAT_WIDTH;
    this.heat.height = Math.max(1, Math.round(HEAT_WIDTH / camera.aspect));
    this.#resize();
  }

  /**
   * Draw heat.
   * @param {import("./heat.js").Grid} grid
   * @param {number} end end of the scale.
   * @param {import("./heatlayer.js").Look} look
   */
  showHeat(grid, end, look) {
    drawHeat(this.heat, grid, end, look);
  }

  /**
   * Mark a configured zone as chosen.
   * @param {number} place index into the areas of the camera; 0 or below for none.
   */
  choose(place) {
    this.chosen = place;
    this.#drawZones();
  }

  /**
   * Mark the hottest places by their ranks.
   * @param {import("./content.d.ts").HotPlace[]} places
   */
  mark(places) {
    this.hot = places;
    this.#drawZones();
  }

  /**
   * Draw what is being looked at: a circle or polygon, and corners of a polygon that is not finished.
   * @param {Shape} shape
   * @param {{isPinned?: boolean, corners?: Point[], at?: Point}} [drawn] `at`: place of the next corner.
   */
  drawTop(shape, {isPinned = false, corners, at} = {}) {
    const context = this.#clear(this.top);
    if (corners && at) {
      this.#stroke(context, [...corners, at], {color: CHOSEN, isOpen: true});
      for (const corner of [...corners, at]) this.#dot(context, corner, CHOSEN);
    } else if (shape !== null) {
      this.#outline(context, shape, isPinned ? CHOSEN : LIGHT, 2.5);
      if ("circle" in shape && !this.#isRanked(shape.circle)) this.#dot(context, shape.circle, isPinned ? CHOSEN : LIGHT);
    }
  }

  /**
   * Whether the rank of a hottest place is at a place.
   * @param {number[]} place
   */
  #isRanked([x, y]) {
    const {clientWidth, clientHeight} = this.host;
    return this.hot.some(({peak: [px, py]}) => Math.hypot((px - x) * clientWidth, (py - y) * clientHeight) < RANK);
  }

  /**
   * Return where on the scene an event is, in fractions of the frame.
   * @param {MouseEvent} event
   * @returns {Point}
   */
  at(event) {
    const {left, top, width, height} = this.top.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }

  #resize() {
    const {clientWidth, clientHeight} = this.host;
    if (!clientWidth || !this.camera) return;
    for (const canvas of [this.zones, this.top]) {
      canvas.width = Math.round(clientWidth * devicePixelRatio);
      canvas.height = Math.round(clientHeight * devicePixelRatio);
    }
    this.#drawZones();
    this.redraw();
  }

  #drawZones() {
    const context = this.#clear(this.zones);
    if (!this.camera) return;
    const {areas: [, ...zones], lines} = this.camera.about;
    const chosen = this.chosen > 0 ? zones[this.chosen - 1] : null;
    for (const zone of zones) if (zone !== chosen) this.#outline(context, zone.shape, LIGHT, 1.5);
    for (const {line} of lines) this.#stroke(context, line, {color: LIGHT, isOpen: true, width: 1.5});
    if (chosen) this.#outline(context, chosen.shape, CHOSEN, 3);
    const zonesNamed = zones.length < MOST_NAMES ? zones : chosen ? [chosen] : [];
    for (const {name, shape} of zonesNamed) this.#name(context, name, middle(shape));
    this.hot.forEach(({peak}, place) => this.#rank(context, String(place + 1), peak));
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @returns {CanvasRenderingContext2D} context whose unit is a pixel of the page.
   */
  #clear(canvas) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.scale(devicePixelRatio, devicePixelRatio);
    return context;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Exclude<Shape, null>} shape
   * @param {string} color
   * @param {number} width
   */
  #outline(context, shape, color, width) {
    if ("polygon" in shape) {
      this.#stroke(context, shape.polygon, {color, width});
      return;
    }
    const {clientWidth, clientHeight} = this.host;
    const [x, y, radius] = shape.circle;
    context.beginPath();
    context.arc(x * clientWidth, y * clientHeight, radius * clientWidth, 0, 2 * Math.PI);
    this.#ink(context, color, width);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Point[]} corners
   * @param {{color: string, isOpen?: boolean, width?: number}} style
   */
  #stroke(context, corners, {color, isOpen = false, width = 2.5}) {
    const {clientWidth, clientHeight} = this.host;
    context.beginPath();
    for (const [x, y] of corners) context.lineTo(x * clientWidth, y * clientHeight);
    if (!isOpen) context.closePath();
    this.#ink(context, color, width);
  }

  /**
   * Draw the path with a dark rim, so that it shows on any scene.
   * @param {CanvasRenderingContext2D} context
   * @param {string} color
   * @param {number} width
   */
  #ink(context, color, width) {
    context.lineJoin = "round";
    for (const [style, wide] of /** @type {Array<[string, number]>} */ ([[DARK, width + 2.5], [color, width]])) {
      context.strokeStyle = style;
      context.lineWidth = wide;
      context.stroke();
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number[]} place
   * @param {string} color
   */
  #dot(context, [x, y], color) {
    context.beginPath();
    context.arc(x * this.host.clientWidth, y * this.host.clientHeight, 2.5, 0, 2 * Math.PI);
    this.#ink(context, color, 2);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {string} rank
   * @param {Point} place
   */
  #rank(context, rank, [x, y]) {
    const [across, down] = [x * this.host.clientWidth, y * this.host.clientHeight];
    context.beginPath();
    context.arc(across, down, RANK, 0, 2 * Math.PI);
    context.fillStyle = DARK;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = context.fillStyle = LIGHT;
    context.stroke();
    context.font = "600 11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(rank, across, down + 0.5);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {string} name
   * @param {Point} place
   */
  #name(context, name, [x, y]) {
    const {clientWidth, clientHeight} = this.host;
    const text = [...name].length > 24 ? `${[...name].slice(0, 23).join("")}…` : name;
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    const wide = context.measureText(text).width + 10;
    const left = Math.min(Math.max(x * clientWidth - wide / 2, 2), clientWidth - wide - 2);
    // A name gives way to the rank of a hottest place.
    const isCovered = this.hot.some(({peak: [px, py]}) => Math.abs(px * clientWidth - left - wide / 2) < wide / 2 + RANK && Math.abs(py - y) * clientHeight < RANK + 9);
    const top = y * clientHeight - 9 - (isCovered ? 2 * RANK : 0);
    context.fillStyle = "rgb(255 255 255 / 86%)";
    context.beginPath();
    context.roundRect(left, top, wide, 18, 4);
    context.fill();
    context.fillStyle = "#1b1f24";
    context.fillText(text, left + wide / 2, top + 9.5);
  }
}

/**
 * Return the middle of a shape.
 * @param {Exclude<Shape, null>} shape
 * @returns {Point}
 */
function middle(shape) {
  if ("circle" in shape) return [shape.circle[0], shape.circle[1]];
  const sum = shape.polygon.reduce(([sx, sy], [x, y]) => [sx + x, sy + y], [0, 0]);
  return [sum[0] / shape.polygon.length, sum[1] / shape.polygon.length];
}
