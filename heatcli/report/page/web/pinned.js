// What can be done with a pinned circle or polygon: copy it for the command line, or as a zone of the configuration.

import {byId, copy, make} from "./dom.js";
import {argumentText, tomlText} from "./place.js";

export class Pinned {
  constructor() {
    this.shown = "";
  }

  /**
   * Show how a pinned shape is written; nothing where there is none. A name that was typed stays as long as both do.
   * @param {import("./place.js").Shape} shape
   * @param {string} camera name of the camera.
   */
  show(shape, camera) {
    const key = JSON.stringify([shape, camera]);
    if (key === this.shown) return;
    this.shown = key;
    const host = byId("pinned");
    host.hidden = shape === null;
    if (shape !== null) host.replaceChildren(...written(shape, camera));
  }
}

/**
 * Make what says how a shape is written, and copies it.
 * @param {Exclude<import("./place.js").Shape, null>} shape
 * @param {string} camera name of the camera.
 * @returns {Node[]}
 */
function written(shape, camera) {
  const told = make("p", {class: "quiet", role: "status"});
  const toml = make("code");
  const name = make("input", {type: "text", value: "new-zone", maxLength: 60, autocomplete: "off"});
  const write = () => {
    toml.textContent = tomlText(camera, name.value || "new-zone", shape);
  };
  name.addEventListener("input", write);
  write();
  const argument = argumentText(shape);
  const copier = (/** @type {string} */ what, /** @type {() => string} */ text) =>
    make("button", {type: "button", onclick: async () => (told.textContent = (await copy(text())) ? `Copied ${what}.` : "The browser does not let the page copy; mark the text and copy it.")}, `Copy ${what}`);
  return [
    make("code", {}, argument),
    make("div", {class: "row"}, copier("argument", () => argument)),
    make("label", {}, "Name of the zone", name),
    toml,
    make("div", {class: "row"}, copier("for heatcli.toml", () => toml.textContent)),
    told,
  ];
}
