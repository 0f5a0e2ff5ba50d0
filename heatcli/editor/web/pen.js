// How shapes are drawn and moved: by a mouse, a finger or a pen, and by keys.

import {snap} from "../../report/page/web/place.js";
import {moved, radiusTo, withCorner} from "./model.js";

/** @typedef {import("../../report/page/web/shapes.js").Point} Point */
/** @typedef {import("./drawing.d.ts").Geometry} Geometry */
/** @typedef {import("./drawing.d.ts").Tool} Tool */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./scene.js").Scene} Scene */

// Pixels that a hand moves without meaning to, and how near to the first corner closes a polygon.
const [STILL, NEAR] = [4, 10];
// One press of an arrow key, and one with Shift held, in fractions of the picture; as on the page of a report.
const [STEP, FINE_STEP] = [0.02, 0.001];
const LARGER = 1.1;

/** @type {Record<string, Point>} */
const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

export class Pen {
  /**
   * @param {Scene} scene
   * @param {Model} model
   * @param {{drawn: () => void, draws: () => void}} listeners `drawn`: a shape was finished; `draws`: the draft changed.
   */
  constructor(scene, model, listeners) {
    this.scene = scene;
    this.model = model;
    this.listeners = listeners;
    /** @type {Tool} */
    this.tool = "select";
    /** @type {Point[]} */
    this.corners = [];
    /** @type {?Point} place of the next corner. */
    this.at = null;
    this.byKeys = false;
    /** @type {null | ((event: PointerEvent) => void)} */
    this.drag = null;
    /** @type {{x: number, y: number, isFirst: boolean, isMoved: boolean}} */
    this.down = {x: 0, y: 0, isFirst: false, isMoved: false};
    const {svg} = scene;
    svg.addEventListener("pointerdown", (event) => this.#pressed(event));
    svg.addEventListener("pointermove", (event) => this.#moves(event));
    svg.addEventListener("pointerup", (event) => this.#released(event));
    svg.addEventListener("pointercancel", () => this.#stop());
    svg.addEventListener("dblclick", () => this.tool !== "select" && this.finish());
    svg.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && this.#key(event)) event.preventDefault();
    });
  }

  /** @param {Tool} tool */
  take(tool) {
    this.tool = tool;
    this.#begin();
  }

  get isDrawing() {
    return this.corners.length > 0;
  }

  /** Give up what is not finished. */
  #begin() {
    [this.corners, this.at, this.byKeys] = [[], null, false];
    this.listeners.draws();
  }

  /** Give up what is not finished; where nothing is, put the tool away. @returns {boolean} whether there was anything. */
  cancel() {
    if (this.tool === "select") return false;
    if (this.isDrawing) this.#begin();
    else this.take("select");
    return true;
  }

  /** Take back the last corner of what is not finished. @returns {boolean} whether there was any. */
  back() {
    if (!this.isDrawing) return false;
    this.corners.pop();
    this.listeners.draws();
    return true;
  }

  /** Draw what is not finished. */
  draw() {
    if (this.tool === "select") return;
    this.scene.draft(this.#geometry(true), this.corners, this.byKeys ? this.at : null);
  }

  /**
   * Return what the corners so far make.
   * @param {boolean} isDraft whether the place of the next corner counts.
   * @returns {?Geometry}
   */
  #geometry(isDraft) {
    const corners = isDraft && this.at !== null ? [...this.corners, this.at] : this.corners;
    if (corners.length < 2 || this.tool === "point") return null;
    if (this.tool === "circle") {
      const [x, y] = corners[0];
      return {circle: [x, y, radiusTo([x, y], corners[1], this.scene.aspect)]};
    }
    if (this.tool === "line" || corners.length === 2) return {line: [corners[0], corners[1]]};
    return {polygon: corners};
  }

  /** Finish the shape, if it has what it needs. */
  finish() {
    const geometry = this.#geometry(false);
    const isFlat = geometry === null || ("line" in geometry && this.tool !== "line");
    if (isFlat) return;
    const kind = this.tool === "region" || this.tool === "mask" ? this.tool : "zone";
    this.corners = [];
    this.model.add(kind, geometry);
    this.take("select");
    this.listeners.drawn();
  }

  /** @param {Point} place */
  #put([x, y]) {
    const place = /** @type {Point} */ ([snap(x), snap(y)]);
    if (this.tool === "point") {
      const open = this.model.point;
      // A point that is nowhere on the plan yet is put elsewhere; no second one is begun.
      if (open !== null && open.plan === null) this.model.change(() => (open.image = place));
      else this.model.addPoint(place);
      return;
    }
    this.corners.push(place);
    if (this.corners.length === 2 && (this.tool === "line" || this.tool === "circle")) this.finish();
    else this.listeners.draws();
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    this.scene.svg.setPointerCapture(event.pointerId);
    this.down = {x: event.clientX, y: event.clientY, isFirst: false, isMoved: false};
    if (this.tool === "select") {
      this.#grab(event);
    } else if (!this.isDrawing && this.tool !== "point") {
      this.down.isFirst = true;
      this.#put(this.scene.at(event));
    }
  }

  /** @param {PointerEvent} event */
  #moves(event) {
    if (event.buttons && Math.hypot(event.clientX - this.down.x, event.clientY - this.down.y) > STILL) this.down.isMoved = true;
    if (this.drag !== null) {
      if (this.down.isMoved) this.drag(event);
    } else if (this.isDrawing && (event.pointerType !== "touch" || event.buttons)) {
      [this.at, this.byKeys] = [this.scene.at(event), false];
      this.listeners.draws();
    }
  }

  /** @param {PointerEvent} event */
  #released(event) {
    if (event.button !== 0) return;
    if (this.tool === "select") {
      this.#stop();
      return;
    }
    const place = this.scene.at(event);
    this.at = null;
    if (this.down.isFirst) {
      if (this.down.isMoved) this.#drawn(place);
    } else if (this.corners.length >= 3 && this.#isNear(this.corners[0], place)) {
      this.finish();
    } else if (!this.isDrawing || !this.#isNear(this.corners[this.corners.length - 1], place)) {
      // The second click of a double click is where the first one was.
      this.#put(place);
    }
  }

  /** Finish what was drawn in one stroke: a line, a circle, or a rectangle. @param {Point} place */
  #drawn([u, v]) {
    const [[x, y]] = this.corners;
    if (this.tool === "line" || this.tool === "circle") {
      this.#put([u, v]);
      return;
    }
    const [right, low] = [snap(u), snap(v)];
    this.corners = [[x, y], [right, y], [right, low], [x, low]];
    this.finish();
  }

  /** @param {Point} one @param {Point} other */
  #isNear(one, other) {
    const [[x, y], [u, v]] = [this.scene.pixels(one), this.scene.pixels(other)];
    return Math.hypot(u - x, v - y) <= NEAR;
  }

  /** Take hold of a corner, a shape or a point. @param {PointerEvent} event */
  #grab(event) {
    const {item = "", corner = "", middle = ""} = /** @type {SVGElement} */ (event.target).dataset;
    const {model, scene} = this;
    if (item === "") {
      model.select(null);
      return;
    }
    model.select(Number(item), corner === "" ? null : Number(corner));
    const before = model.item?.geometry;
    const start = scene.at(event);
    let held = corner === "" ? null : Number(corner);
    let isBegun = false;
    this.drag = (moves) => {
      const place = scene.at(moves);
      if (!isBegun) model.beginMove();
      isBegun = true;
      // The model may have been rebuilt by an undo in the middle of a drag.
      const [now, point] = [model.item, model.point];
      if (point !== null) point.image = [snap(place[0]), snap(place[1])];
      else if (now === null || before === undefined) return;
      else if (middle !== "" && held === null && "polygon" in before) {
        held = Number(middle) + 1;
        before.polygon.splice(held, 0, place);
        model.corner = held;
        now.geometry = withCorner(before, held, place, scene.aspect);
      } else if (held !== null) now.geometry = withCorner(before, held, place, scene.aspect);
      else now.geometry = moved(before, [place[0] - start[0], place[1] - start[1]]);
      model.changed();
    };
  }

  #stop() {
    this.drag = null;
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key means anything here.
   */
  #key({key, shiftKey}) {
    const step = shiftKey ? FINE_STEP : STEP;
    if (key in ARROWS) {
      const by = /** @type {Point} */ (ARROWS[key].map((way) => way * step));
      return this.tool === "select" ? this.#shift(by) : this.#point(by);
    }
    if (this.tool !== "select") {
      if (key === "Enter") this.finish();
      else if (key === " ") this.#put(this.at ?? [0.5, 0.5]);
      else return key === "Backspace" && this.back();
      return true;
    }
    return "+=-_".includes(key) && this.#resize("+=".includes(key) ? LARGER : 1 / LARGER);
  }

  /** Move the place of the next corner. @param {Point} by */
  #point([dx, dy]) {
    const [x, y] = this.at ?? this.corners.at(-1) ?? [0.5, 0.5];
    [this.at, this.byKeys] = [[snap(x + dx), snap(y + dy)], true];
    this.listeners.draws();
    return true;
  }

  /** Move what is selected. @param {Point} by */
  #shift(by) {
    const {model} = this;
    const {item, point, corner} = model;
    if (point !== null) model.change(() => (point.image = [snap(point.image[0] + by[0]), snap(point.image[1] + by[1])]));
    else if (item === null) return false;
    else if (corner !== null && !("circle" in item.geometry)) {
      const [x, y] = "line" in item.geometry ? item.geometry.line[corner] : item.geometry.polygon[corner];
      model.change(() => (item.geometry = withCorner(item.geometry, corner, [x + by[0], y + by[1]], this.scene.aspect)));
    } else model.change(() => (item.geometry = moved(item.geometry, by)));
    return true;
  }

  /** @param {number} factor */
  #resize(factor) {
    const {item} = this.model;
    if (item === null || !("circle" in item.geometry)) return false;
    const [x, y, radius] = item.geometry.circle;
    this.model.change(() => (item.geometry = {circle: [x, y, Math.min(1, Math.max(0.002, snap(radius * factor)))]}));
    return true;
  }
}
