// The list of cameras at the left of both views: filters, free choice of several, and the way to each camera.

import {byId, make} from "./dom.js";
import {isListed} from "./filter.js";
import {readNames, toggledName} from "./names.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./state.js").State} State */

// Where there is no room beside the maps, the list is above them, and closed.
const NARROW = matchMedia("(max-width: 900px)");

export class Rail {
  /**
   * @param {Camera[]} cameras
   * @param {State} state
   */
  constructor(cameras, state) {
    this.state = state;
    this.rows = cameras.map((camera) => this.#row(camera));
    byId("list").append(...this.rows.map(({element}) => element));
    byId("show-all").addEventListener("click", () => state.set({picked: ""}));
    const fit = () => {
      byId("rail").open = !NARROW.matches;
    };
    NARROW.addEventListener("change", fit);
    fit();
    this.update(state.now);
  }

  /** @param {Camera} camera */
  #row(camera) {
    const {state} = this;
    const {name, location, labels, covered_s} = camera.about;
    const pick = make("input", {type: "checkbox", "aria-label": `Choose ${name}`});
    pick.addEventListener("change", () => state.set({picked: toggledName(state.now.picked, name)}));
    const link = make("a", {href: "#"}, make("span", {class: "name", dir: "auto"}, name));
    link.addEventListener("click", (/** @type {Event} */ event) => {
      event.preventDefault();
      if (NARROW.matches) byId("rail").open = false;
      state.set({camera: name, ...(state.now.camera === name ? {} : {zone: ""})});
    });
    const about = [location, ...labels, covered_s ? null : "nothing recorded"].filter(Boolean).join(" · ");
    if (about) link.append(make("span", {class: "quiet", dir: "auto"}, about));
    return {camera, pick, link, element: make("li", {}, pick, link)};
  }

  /** @param {Choices} now */
  update(now) {
    const picked = readNames(now.picked);
    for (const {camera, pick, link, element} of this.rows) {
      const {name} = camera.about;
      element.hidden = !isListed(camera, now);
      pick.checked = picked.includes(name);
      link.href = this.state.address({camera: name});
      if (now.camera === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    byId("show-all").hidden = !picked.length;
  }
}
