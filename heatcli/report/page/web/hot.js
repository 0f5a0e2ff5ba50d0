// Hot-zone details: the figures of what is being looked at, and of the period before beside them.

import {byId, make} from "./dom.js";
import {FIELDS, beforeText, durationText, figureText, marginText} from "./format.js";

/** @typedef {import("./format.js").Field} Field */
/** @typedef {import("./union.js").Figures} Figures */

/** @type {Field[]} */
const SHOWN = ["detections_pct", "occupancy_pct", "longest_occupancy_s", "unique_visits", "median_stay_s", "avg_occupancy"];
// A screen reader is told once the circle rests: after this long, in ms.
const REST_MS = 700;

export class HotZone {
  constructor() {
    /** @type {Map<Field, {value: Text, unit: HTMLElement, long: HTMLElement, before: HTMLElement}>} */
    this.cells = new Map();
    this.timer = 0;
    for (const field of SHOWN) {
      const value = document.createTextNode("–");
      const cell = {
        value,
        unit: make("span", {class: "unit"}),
        long: make("span", {class: "said"}),
        before: make("span", {class: "before"}),
      };
      this.cells.set(field, cell);
      byId("figures").append(
        make("div", {"data-field": field}, make("dt", {}, FIELDS[field].name), make("dd", {}, make("span", {class: "value"}, value, cell.unit), cell.long, cell.before)),
      );
    }
  }

  /**
   * Show figures.
   * @param {Figures} total figures of what is looked at.
   * @param {?Figures} before figures of the same in the period before; null where that is not known.
   * @param {{title: string, note: string, ratesOnly: boolean, audit: ?import("./content.d.ts").Audit}} words
   *     `ratesOnly`: whether visits are compared per covered hour; `audit`: how far figures may be off.
   */
  show(total, before, {title, note, ratesOnly, audit}) {
    byId("subject").textContent = title;
    byId("subject-note").textContent = note;
    for (const [field, cell] of this.cells) {
      const value = total[field];
      cell.value.data = `${figureText(field, value)}${marginText(field, value, audit)}`;
      cell.unit.textContent = value === null || !FIELDS[field].unit ? "" : ` ${FIELDS[field].unit}`;
      const isLong = FIELDS[field].unit === "s" && value !== null && value >= 60;
      cell.long.textContent = isLong ? durationText(value) : "";
      cell.before.textContent = before ? beforeText(field, total, before, ratesOnly) : "";
      cell.before.hidden = !before;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const said = [...this.cells.keys()].map((field) => `${FIELDS[field].name} ${figureText(field, total[field])} ${FIELDS[field].spoken}`);
      byId("spoken").textContent = `${title}: ${said.join(", ")}`;
    }, REST_MS);
  }
}
