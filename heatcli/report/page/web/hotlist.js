// The hottest places of a camera: a list to choose from, the hottest first.

import {byId, make} from "./dom.js";
import {figureText} from "./format.js";

/** @typedef {import("./content.d.ts").HotPlace} HotPlace */

export class HotList {
  /** @param {(name: string) => void} chosen listener for the name of a place. */
  constructor(chosen) {
    byId("hottest").addEventListener("click", (/** @type {Event} */ event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      if (button) chosen(button.dataset.name ?? "");
    });
  }

  /**
   * Show places.
   * @param {HotPlace[]} places
   * @param {boolean} isCovered whether any of the chosen time was watched.
   */
  show(places, isCovered) {
    byId("hottest").replaceChildren(...places.map(({name, peak, total}, place) => {
      const about = `${figureText("occupancy_pct", total.occupancy_pct)} % occupied · ${figureText("unique_visits", total.unique_visits)} visits`;
      const where = `${figureText("detections_pct", total.detections_pct)} % of all detections, at ${peak.map((one) => one.toFixed(3)).join(", ")}`;
      const button = make(
        "button", {type: "button", "aria-pressed": "false"},
        make("span", {class: "rank", "aria-hidden": "true"}, String(place + 1)),
        make("span", {class: "name"}, make("span", {class: "hidden"}, `Hottest place ${place + 1}: `), about, make("span", {class: "where"}, where)),
      );
      button.dataset.name = name;
      return make("li", {}, button);
    }));
    byId("hottest-none").hidden = places.length > 0;
    byId("hottest-none").textContent = isCovered ? "Nobody was seen in this time." : "Nothing was recorded in this time.";
  }

  /** @param {string} name name of the chosen place; another text for none. */
  mark(name) {
    for (const button of byId("hottest").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.name === name));
  }
}
