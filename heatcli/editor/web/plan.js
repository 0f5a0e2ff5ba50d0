// The picture of the floor plan, on which each point of the floor has its second place.

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./scene.js").Scene} Scene */

// Pixels of the plan that an arrow key moves a point by, and with Shift held.
const [STEP, FINE_STEP] = [5, 0.5];

export class PlanPen {
  /**
   * @param {Scene} scene
   * @param {Model} model
   */
  constructor(scene, model) {
    this.scene = scene;
    this.model = model;
    this.size = {width: 1, height: 1};
    this.isHeld = false;
    /** Whether the point that is held has been moved. */
    this.isBegun = false;
    const {svg} = scene;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      const {item = ""} = /** @type {SVGElement} */ (event.target).dataset;
      if (item !== "") model.select(Number(item));
      if (model.point === null) return;
      svg.setPointerCapture(event.pointerId);
      [this.isHeld, this.isBegun] = [true, false];
      if (item === "") this.#put(event);
    });
    svg.addEventListener("pointermove", (event) => this.isHeld && this.#put(event));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => (this.isHeld = false));
    svg.addEventListener("keydown", ({key, shiftKey}) => {
      const ways = /** @type {Record<string, [number, number]>} */ ({ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]});
      const plan = model.point?.plan ?? [this.size.width / 2, this.size.height / 2];
      if (!(key in ways) || model.point === null) return;
      const step = shiftKey ? FINE_STEP : STEP;
      model.beginMove();
      this.#to(plan[0] + ways[key][0] * step, plan[1] + ways[key][1] * step);
    });
  }

  /** @param {PointerEvent} event */
  #put(event) {
    const [x, y] = this.scene.at(event);
    if (!this.isBegun) this.model.beginMove();
    this.isBegun = true;
    this.#to(x * this.size.width, y * this.size.height);
  }

  /**
   * Put the selected point to a place of the plan, in its pixels.
   * @param {number} x
   * @param {number} y
   */
  #to(x, y) {
    const {point} = this.model;
    const tenth = (/** @type {number} */ value, /** @type {number} */ most) => Math.round(10 * Math.min(Math.max(value, 0), most)) / 10;
    if (point !== null) point.plan = [tenth(x, this.size.width), tenth(y, this.size.height)];
    this.model.changed();
  }

  /** Draw the points. */
  draw() {
    const {width, height} = this.size;
    this.model.state.points.forEach((point, at) => {
      const place = point.plan === null ? null : /** @type {[number, number]} */ ([point.plan[0] / width, point.plan[1] / height]);
      this.scene.point(point, place, at + 1, point.id === this.model.selected);
    });
  }
}
