// The configured zones and lines of a camera, to choose from. A thousand of them scroll.

import {byId, make} from "./dom.js";
import {figureText, fixed} from "./format.js";

// With more zones than this a search box helps.
const MANY = 15;

/** @typedef {import("./content.d.ts").About} About */

export class ZoneList {
  /** @param {(place: number) => void} chosen listener for the place of an area; 0 is the whole frame. */
  constructor(chosen) {
    this.chosen = chosen;
    this.list = make("ul", {class: "zones"});
    this.search = make("input", {type: "search", "aria-label": "Search zones", placeholder: "Zone name", autocomplete: "off"});
    this.search.addEventListener("input", () => this.#filter());
    this.list.addEventListener("click", (/** @type {Event} */ event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      if (button) this.chosen(Number(button.dataset.place));
    });
    byId("zones").append(this.search, this.list);
    /** @type {?About} */
    this.about = null;
  }

  /**
   * Show the zones of a camera.
   * @param {About} about
   * @param {boolean} isReported true where the figures of the report hold; else the list has names only.
   */
  show(about, isReported) {
    this.search.hidden = about.areas.length <= MANY;
    if (about !== this.about) this.search.value = "";
    this.about = about;
    const zones = about.areas.map((area, place) => {
      const share = isReported && area.total.occupancy_pct !== null ? `${figureText("occupancy_pct", area.total.occupancy_pct)} % occupied` : "";
      const button = make("button", {type: "button", "aria-pressed": "false"}, make("span", {class: "name", dir: "auto"}, area.name ?? "Whole frame"), make("span", {class: "about"}, share));
      button.dataset.place = String(place);
      return make("li", {}, button);
    });
    const lines = about.lines.map((line) => {
      const crossed = isReported && line.persons !== null ? `→ ${fixed(line.left_to_right, 0)}  ← ${fixed(line.right_to_left, 0)}` : "";
      return make("li", {class: "line"}, make("span", {class: "name", dir: "auto"}, line.name), make("span", {class: "about", title: "crossings, left to right and right to left"}, crossed));
    });
    this.list.replaceChildren(...zones, ...lines);
    this.#filter();
  }

  /** @param {number} place index of the chosen area; below 0 for none. */
  mark(place) {
    for (const button of this.list.querySelectorAll("[aria-pressed=true]")) button.setAttribute("aria-pressed", "false");
    const button = place < 0 ? null : this.list.querySelector(`[data-place="${place}"]`);
    button?.setAttribute("aria-pressed", "true");
    if (place > 0) button?.scrollIntoView({block: "nearest"});
  }

  #filter() {
    const text = this.search.value.trim().toLowerCase();
    for (const item of this.list.querySelectorAll("li")) item.hidden = !item.querySelector(".name")?.textContent.toLowerCase().includes(text);
  }
}
