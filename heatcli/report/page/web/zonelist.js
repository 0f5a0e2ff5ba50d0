// The configured zones and lines of a camera, to choose from. A thousand of them scroll.

import {byId, make} from "./dom.js";
import {figureText} from "./format.js";

// With more zones than this a search box helps.
const MANY = 15;

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./content.d.ts").About} About */

/**
 * @param {import("./union.js").Figures} total
 * @returns {string}
 */
function shareText({occupancy_pct}) {
  return occupancy_pct === null ? "–" : `${figureText("occupancy_pct", occupancy_pct)} % occupied`;
}

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
   * Show the zones and lines of a camera, with figures of what is chosen.
   * @param {Camera} camera
   * @param {boolean} isReported true where the figures of the report hold; else they are computed, one after the other.
   */
  show(camera, isReported) {
    const {about} = camera;
    this.search.hidden = about.areas.length <= MANY;
    if (about !== this.about) this.search.value = "";
    this.about = about;
    const key = camera.key;
    const shares = about.areas.map(({total}) => make("span", {class: "about"}, isReported ? shareText(total) : ""));
    const zones = about.areas.map((area, place) => {
      const button = make("button", {type: "button", "aria-pressed": "false"}, make("span", {class: "name", dir: "auto"}, area.name ?? "Whole frame"), shares[place]);
      button.dataset.place = String(place);
      return make("li", {}, button);
    });
    const crossings = isReported ? about.lines : camera.lines();
    const lines = about.lines.map(({name}, place) => {
      const {left_to_right, right_to_left, persons} = crossings[place];
      const crossed = persons === null ? "" : `→ ${left_to_right}  ← ${right_to_left}`;
      const spoken = persons === null ? "" : `${left_to_right} left to right, ${right_to_left} right to left, ${persons} people`;
      return make("li", {class: "line"}, make("span", {class: "name", dir: "auto"}, name), make("span", {class: "about", title: spoken}, make("span", {"aria-hidden": "true"}, crossed), make("span", {class: "hidden"}, spoken)));
    });
    this.list.replaceChildren(...zones, ...lines);
    this.#filter();
    if (isReported) return;
    // A thousand zones take a second: the pointer is not to wait for them.
    const tell = (/** @type {number} */ place) => {
      if (place >= shares.length || about !== this.about || camera.key !== key || !shares[place].isConnected) return;
      shares[place].textContent = shareText(camera.figures(about.areas[place].shape).total);
      setTimeout(tell, 0, place + 1);
    };
    setTimeout(tell, 0, 0);
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
