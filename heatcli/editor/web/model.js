// What is drawn: shapes with their names, and points of the floor. Every change can be taken back.

import {snap} from "../../report/page/web/place.js";

/** @typedef {import("../../report/page/web/shapes.js").Point} Point */
/** @typedef {import("./drawing.d.ts").Drawn} Drawn */
/** @typedef {import("./drawing.d.ts").DrawnShape} DrawnShape */
/** @typedef {import("./drawing.d.ts").Item} Item */
/** @typedef {import("./drawing.d.ts").ItemKind} ItemKind */
/** @typedef {import("./drawing.d.ts").Geometry} Geometry */
/** @typedef {import("./drawing.d.ts").FloorPoint} FloorPoint */
/** @typedef {import("./drawing.d.ts").State} State */

const LEAST_RADIUS = 0.002;

export class Model {
  /**
   * @param {Drawn} drawn what the configuration says.
   * @param {() => void} changed listener for any change, also of what is selected.
   */
  constructor(drawn, changed) {
    this.changed = changed;
    this.nextId = 1;
    /** @type {?number} id of the shape or point that is selected. */
    this.selected = null;
    /** @type {?number} index of the corner of it that is selected. */
    this.corner = null;
    /** @type {Map<number, string>} names in the configuration, by the ids of shapes. */
    this.saved = new Map();
    this.state = this.#stateOf(drawn);
    this.savedText = JSON.stringify(this.state);
    this.floorKeys = drawn.floor?.keys ?? {};
    /** @type {string[]} */
    this.past = [];
    /** @type {string[]} */
    this.future = [];
  }

  /** @param {Drawn} drawn @returns {State} */
  #stateOf({zones, regions, masks, area, staff_zones, floor}) {
    const all = /** @type {[ItemKind, DrawnShape[]][]} */ ([["zone", zones], ["region", regions], ["mask", masks]]);
    const items = all.flatMap(([kind, shapes]) =>
      shapes.map(({name, was, keys, ...geometry}) => {
        const id = this.nextId++;
        if (was !== null) this.saved.set(id, was);
        const counts = kind !== "mask";
        return {id, kind, name, keys, isArea: counts && area.includes(name), isStaff: counts && staff_zones.includes(name), geometry};
      }),
    );
    const points = (floor?.points ?? []).map(({image, plan}) => ({id: this.nextId++, image, plan}));
    return {items, points, plan: floor?.plan ?? "", metres: floor?.metres_per_pixel ?? null};
  }

  get isChanged() {
    return JSON.stringify(this.state) !== this.savedText;
  }

  /** @returns {?Item} */
  get item() {
    return this.state.items.find(({id}) => id === this.selected) ?? null;
  }

  /** @returns {?FloorPoint} */
  get point() {
    return this.state.points.find(({id}) => id === this.selected) ?? null;
  }

  /**
   * Select a shape or point, or one of its corners.
   * @param {?number} id
   * @param {?number} [corner]
   */
  select(id, corner = null) {
    [this.selected, this.corner] = [id, corner];
    this.changed();
  }

  /** Remember the present state, before it is changed. */
  #remember() {
    this.past.push(JSON.stringify(this.state));
    this.future = [];
  }

  /**
   * Change something in one step that can be taken back.
   * @param {(state: State) => void} change
   */
  change(change) {
    this.#remember();
    change(this.state);
    this.changed();
  }

  /** Begin a change of many small moves, which are taken back together. */
  beginMove() {
    this.#remember();
  }

  undo() {
    this.#go(this.past, this.future);
  }

  redo() {
    this.#go(this.future, this.past);
  }

  /** @param {string[]} from @param {string[]} to */
  #go(from, to) {
    const state = from.pop();
    if (state === undefined) return;
    to.push(JSON.stringify(this.state));
    this.state = JSON.parse(state);
    this.corner = null;
    if (this.item === null && this.point === null) this.selected = null;
    this.changed();
  }

  /**
   * Add a shape under a name that is free.
   * @param {ItemKind} kind
   * @param {Geometry} geometry
   */
  add(kind, geometry) {
    const id = this.nextId++;
    const word = "line" in geometry ? "line" : kind;
    const taken = new Set(this.state.items.map(({name}) => name));
    let number = 1;
    while (taken.has(`${word}-${number}`)) number++;
    this.change(({items}) => items.push({id, kind, name: `${word}-${number}`, keys: {}, isArea: false, isStaff: false, geometry}));
    this.select(id);
  }

  /** @param {Point} image */
  addPoint(image) {
    const id = this.nextId++;
    this.change(({points}) => points.push({id, image, plan: null}));
    this.select(id);
  }

  /** Remove the selected corner, or else what is selected. */
  remove() {
    const [{item, corner}, id] = [this, this.selected];
    const polygon = item !== null && "polygon" in item.geometry ? item.geometry.polygon : [];
    if (id === null) return;
    if (corner !== null && polygon.length > 3) {
      this.corner = null;
      this.change(() => polygon.splice(corner, 1));
      return;
    }
    [this.selected, this.corner] = [null, null];
    this.change((state) => {
      state.items = state.items.filter((one) => one.id !== id);
      state.points = state.points.filter((one) => one.id !== id);
    });
  }

  /**
   * Give the selected shape another name; whatever names it gets it too.
   * @param {string} name
   */
  rename(name) {
    const item = this.item;
    if (item === null || item.name === name) return;
    this.change(({items}) => {
      const old = item.name;
      item.name = name;
      if (item.kind === "mask" || items.some((one) => one !== item && one.kind !== "mask" && one.name === old)) return;
      for (const {keys} of items) for (const key of ["service", "passing"]) if (keys[key] === old) keys[key] = name;
    });
  }

  /**
   * Return what the configuration is to say; points without a place on the plan are left out.
   * @returns {Drawn}
   */
  get drawn() {
    const {items, points, plan, metres} = this.state;
    const shapes = (/** @type {ItemKind} */ wanted) =>
      items
        .filter(({kind}) => kind === wanted)
        .map(({id, name, keys, geometry}) => ({name, was: this.saved.get(id) ?? null, keys, ...geometry}));
    const named = (/** @type {(item: Item) => boolean} */ is) => items.filter(is).map(({name}) => name);
    const pairs = points.flatMap(({image, plan}) => (plan === null ? [] : [{image, plan}]));
    return {
      zones: shapes("zone"),
      regions: shapes("region"),
      masks: shapes("mask"),
      area: named(({isArea}) => isArea),
      staff_zones: named(({isStaff}) => isStaff),
      floor: pairs.length && metres !== null ? {plan, metres_per_pixel: metres, points: pairs, keys: this.floorKeys} : null,
    };
  }

  /** @param {State} state what the configuration says now: what was drawn when it was sent. */
  markSaved(state) {
    this.saved = new Map(state.items.map(({id, name}) => [id, name]));
    this.savedText = JSON.stringify(state);
    this.changed();
  }
}

/**
 * Return a geometry that was moved, within the picture; what was in it stays in shape.
 * @param {Geometry} geometry
 * @param {Point} by
 * @returns {Geometry}
 */
export function moved(geometry, [dx, dy]) {
  const corners = cornersOf(geometry);
  const within = (/** @type {number} */ by, /** @type {number[]} */ values) =>
    Math.min(Math.max(by, -Math.min(...values)), 1 - Math.max(...values));
  const [across, down] = [within(dx, corners.map(([x]) => x)), within(dy, corners.map(([, y]) => y))];
  const shift = (/** @type {Point} */ [x, y]) => /** @type {Point} */ ([snap(x + across), snap(y + down)]);
  if ("circle" in geometry) return {circle: [...shift([geometry.circle[0], geometry.circle[1]]), geometry.circle[2]]};
  if ("line" in geometry) return {line: [shift(geometry.line[0]), shift(geometry.line[1])]};
  return {polygon: geometry.polygon.map(shift)};
}

/**
 * Return a geometry with one corner elsewhere; a circle has its rim there.
 * @param {Geometry} geometry
 * @param {number} corner
 * @param {Point} to
 * @param {number} aspect width of the picture divided by its height.
 * @returns {Geometry}
 */
export function withCorner(geometry, corner, to, aspect) {
  if ("circle" in geometry) {
    const [x, y] = geometry.circle;
    return {circle: [x, y, radiusTo([x, y], to, aspect)]};
  }
  const place = /** @type {Point} */ (to.map(snap));
  if ("line" in geometry) return {line: corner === 0 ? [place, geometry.line[1]] : [geometry.line[0], place]};
  return {polygon: geometry.polygon.map((one, at) => (at === corner ? place : one))};
}

/**
 * @param {Point} middle
 * @param {Point} rim
 * @param {number} aspect
 * @returns {number} radius as a fraction of the picture's width.
 */
export function radiusTo([x, y], [u, v], aspect) {
  return Math.max(LEAST_RADIUS, snap(Math.hypot(u - x, (v - y) / aspect)));
}

/**
 * Return the corners of a polygon, the ends of a line or the middle of a circle.
 * @param {Geometry} geometry
 * @returns {Point[]}
 */
export function cornersOf(geometry) {
  if ("circle" in geometry) return [[geometry.circle[0], geometry.circle[1]]];
  return "line" in geometry ? geometry.line : geometry.polygon;
}
