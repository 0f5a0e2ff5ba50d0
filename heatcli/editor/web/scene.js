// A picture with what is drawn on it, as SVG in pixels of the screen.

import {make} from "../../report/page/web/dom.js";
import {cornersOf} from "./model.js";

/** @typedef {import("../../report/page/web/shapes.js").Point} Point */
/** @typedef {import("./drawing.d.ts").FloorPoint} FloorPoint */
/** @typedef {import("./drawing.d.ts").Geometry} Geometry */
/** @typedef {import("./drawing.d.ts").Item} Item */

const SVG = "http://www.w3.org/2000/svg";
// Half the height of a name, and how far a name keeps from others, in pixels.
const [NAME, APART] = [10, 22];
const LONGEST_NAME = 28;

/**
 * Make an element of SVG.
 * @param {string} tag
 * @param {Record<string, string | number | null>} attributes
 * @param {...(SVGElement|string)} children
 * @returns {SVGElement}
 */
function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

export class Scene {
  /**
   * @param {HTMLElement} host
   * @param {string} label name for those who do not see it.
   */
  constructor(host, label) {
    this.host = host;
    this.picture = make("img", {alt: "", draggable: false});
    this.svg = /** @type {SVGSVGElement} */ (draw("svg", {tabindex: 0, role: "application", "aria-label": label, "aria-describedby": "help"}));
    this.aspect = 1;
    host.append(this.picture, this.svg);
    /** @type {() => void} */
    this.redraw = () => {};
    /** @type {{left: number, top: number, right: number}[]} */
    this.names = [];
    new ResizeObserver(() => this.redraw()).observe(host);
  }

  /**
   * Show a picture.
   * @param {string} source
   * @param {number} aspect width divided by height, as it is shown.
   */
  show(source, aspect) {
    this.picture.src = source;
    this.aspect = aspect;
    this.host.style.setProperty("--aspect", String(aspect));
  }

  get width() {
    return this.host.clientWidth;
  }

  get height() {
    return this.host.clientHeight;
  }

  /**
   * Return where in the picture an event is, in fractions of it; within it.
   * @param {MouseEvent} event
   * @returns {Point}
   */
  at(event) {
    const {left, top, width, height} = this.svg.getBoundingClientRect();
    const within = (/** @type {number} */ value) => Math.min(Math.max(value, 0), 1);
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
  }

  /**
   * @param {Point} place
   * @returns {Point} pixels of the screen.
   */
  pixels([x, y]) {
    return [x * this.width, y * this.height];
  }

  clear() {
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.replaceChildren();
    this.names = [];
  }

  /**
   * Draw a shape, and its handles where it is selected.
   * @param {Item} item
   * @param {{isSelected: boolean, corner: ?number, isWrong: boolean}} how
   */
  shape({id, kind, geometry}, {isSelected, corner, isWrong}) {
    const is = "line" in geometry ? "line" : kind;
    const group = draw("g", {class: `shape ${is}${isSelected ? " selected" : ""}${isWrong ? " wrong" : ""}`});
    for (const part of ["rim", "ink", "touch"]) group.append(this.#outline(geometry, {class: part, "data-item": id}));
    if ("line" in geometry) group.append(this.#arrow(geometry.line));
    if (isSelected) group.append(...this.#handles(geometry, id, corner));
    this.svg.append(group);
  }

  /**
   * @param {Geometry} geometry
   * @param {Record<string, string | number>} attributes
   */
  #outline(geometry, attributes) {
    if ("circle" in geometry) {
      const [x, y, radius] = geometry.circle;
      return draw("circle", {cx: x * this.width, cy: y * this.height, r: radius * this.width, ...attributes});
    }
    const points = cornersOf(geometry).map((corner) => this.pixels(corner).join()).join(" ");
    return draw("line" in geometry ? "polyline" : "polygon", {points, ...attributes});
  }

  /** Draw which way across a line is from left to right. @param {[Point, Point]} line */
  #arrow(line) {
    const [[x, y], [u, v]] = line.map((end) => this.pixels(end));
    const long = Math.hypot(u - x, v - y) || 1;
    const [across, down] = [-(v - y) / long, (u - x) / long];
    const [mx, my] = [(x + u) / 2, (y + v) / 2];
    const tip = [mx + 22 * across, my + 22 * down];
    const wing = (/** @type {number} */ side) => `${tip[0] - 8 * across + side * 6 * down},${tip[1] - 8 * down - side * 6 * across}`;
    const path = `M${mx},${my}L${tip.join()}M${wing(1)}L${tip.join()}L${wing(-1)}`;
    return draw("g", {class: "arrow"}, draw("path", {d: path, class: "rim"}), draw("path", {d: path, class: "ink"}));
  }

  /** @param {Geometry} geometry @param {number} id @param {?number} chosen */
  #handles(geometry, id, chosen) {
    const handle = (/** @type {Point} */ place, /** @type {Record<string, string | number>} */ about, /** @type {string} */ is) => {
      const [cx, cy] = this.pixels(place);
      return draw("g", {class: `handle ${is}`}, draw("circle", {cx, cy, r: 14, class: "touch", ...about}), draw("circle", {cx, cy, r: is === "middle" ? 4 : 6, ...about}));
    };
    if ("circle" in geometry) {
      const [x, y, radius] = geometry.circle;
      // Where the right end of the circle is beyond the picture, its handle is at the left.
      return [handle([x + radius <= 1 ? x + radius : x - radius, y], {"data-item": id, "data-corner": 0}, "corner")];
    }
    const corners = cornersOf(geometry);
    const middles = "line" in geometry ? [] : corners.map(([x, y], at) => {
      const [u, v] = corners[(at + 1) % corners.length];
      return handle([(x + u) / 2, (y + v) / 2], {"data-item": id, "data-middle": at}, "middle");
    });
    return [...middles, ...corners.map((corner, at) => handle(corner, {"data-item": id, "data-corner": at}, at === chosen ? "corner chosen" : at === 0 ? "corner first" : "corner"))];
  }

  /**
   * Write the name of a shape into its middle, away from the names that are there already.
   * @param {Item} item
   * @param {boolean} isSelected
   */
  name({kind, name, geometry}, isSelected) {
    const corners = cornersOf(geometry);
    const [x, y] = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);
    const shown = [...name].length > LONGEST_NAME ? `${[...name].slice(0, LONGEST_NAME - 1).join("")}…` : name;
    const text = draw("text", {class: "name"}, shown || "no name");
    const group = draw("g", {class: `label ${"line" in geometry ? "line" : kind}${isSelected ? " selected" : ""}`}, text);
    this.svg.append(group);
    const wide = /** @type {SVGTextElement} */ (text).getComputedTextLength() + 14;
    const left = Math.min(Math.max(x * this.width - wide / 2, 2), Math.max(2, this.width - wide - 2));
    let top = y * this.height - NAME - ("line" in geometry ? 16 : 0);
    while (this.names.some((other) => left < other.right && other.left < left + wide && Math.abs(other.top - top) < APART)) top += 4;
    top = Math.min(Math.max(top, 2), this.height - 2 * NAME - 2);
    this.names.push({left, top, right: left + wide});
    text.setAttribute("x", String(left + wide / 2));
    text.setAttribute("y", String(top + NAME));
    group.prepend(draw("rect", {x: left, y: top, width: wide, height: 2 * NAME, rx: 5}));
  }

  /**
   * Draw a point of the floor with its number.
   * @param {FloorPoint} point
   * @param {?Point} place in fractions of this picture; null where nobody has said it.
   * @param {number} number
   * @param {boolean} isSelected
   */
  point({id, plan}, place, number, isSelected) {
    if (place === null) return;
    const [x, y] = this.pixels(place);
    const path = `M${x - 13},${y}H${x + 13}M${x},${y - 13}V${y + 13}`;
    this.svg.append(
      draw(
        "g",
        {class: `point${isSelected ? " selected" : ""}${plan === null ? " wrong" : ""}`},
        draw("path", {d: path, class: "rim"}),
        draw("path", {d: path, class: "ink"}),
        draw("circle", {cx: x + 14, cy: y - 14, r: 10}),
        draw("text", {x: x + 14, y: y - 14, class: "name"}, String(number)),
        draw("circle", {cx: x, cy: y, r: 18, class: "touch", "data-item": id}),
      ),
    );
  }

  /**
   * Draw what is not finished yet.
   * @param {?Geometry} geometry
   * @param {Point[]} corners
   * @param {?Point} at place of the next corner, where keys have moved it.
   */
  draft(geometry, corners, at) {
    const group = draw("g", {class: "draft"});
    if (geometry !== null) for (const part of ["rim", "ink"]) group.append(this.#outline(geometry, {class: part}));
    for (const corner of corners) {
      const [cx, cy] = this.pixels(corner);
      group.append(draw("circle", {cx, cy, r: 5}));
    }
    if (at !== null) {
      const [x, y] = this.pixels(at);
      const path = `M${x - 12},${y}H${x + 12}M${x},${y - 12}V${y + 12}`;
      group.append(draw("path", {d: path, class: "rim"}), draw("path", {d: path, class: "ink"}));
    }
    this.svg.append(group);
  }
}
