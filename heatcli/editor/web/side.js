// Beside the picture: what is drawn, as a list, and what can be said of what is selected.

import {byId, make} from "../../report/page/web/dom.js";
import {mistakeOf} from "./checks.js";

/** @typedef {import("./drawing.d.ts").Item} Item */
/** @typedef {import("./model.js").Model} Model */

const KINDS = {zone: "Zones and lines", region: "Regions", mask: "Masks"};

/** @param {Item} item */
function wordsOf({kind, geometry, keys}) {
  if (kind !== "zone") return kind;
  if ("line" in geometry) return "line";
  return keys.kind === "queue" ? "queue" : "circle" in geometry ? "circle" : "polygon";
}

/**
 * Return a selector of what has the focus within an element; empty where nothing has.
 * @param {HTMLElement} within
 */
function focusIn(within) {
  const found = document.activeElement;
  if (!(found instanceof HTMLElement) || !within.contains(found) || found.id === "name") return "";
  const {id = "", key = ""} = found.dataset;
  return id ? `#drawn [data-id="${id}"]` : key ? `#about [data-key="${key}"]` : found.id ? `#${found.id}` : "";
}

export class Side {
  /**
   * @param {Model} model
   * @param {Record<string, string[]>} named where else the configuration names a zone, by its name.
   * @param {() => void} left listener for a name that was typed to its end.
   */
  constructor(model, named, left) {
    this.model = model;
    this.named = named;
    this.left = left;
    this.list = byId("drawn");
    this.about = byId("about");
    /** @type {?number} what `about` shows. */
    this.shown = null;
    this.kind = make("span");
    this.name = make("input", {type: "text", id: "name", autocomplete: "off", spellcheck: false, maxLength: 200, onchange: () => model.rename(this.name.value), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#typed(event)});
    this.field = make("label", {class: "field"}, this.kind, this.name);
    this.rest = make("div", {class: "rest"});
    this.about.append(this.field, this.rest);
  }

  /** @param {KeyboardEvent} event */
  #typed(event) {
    if (event.key === "Escape") this.name.value = this.model.item?.name ?? "";
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    this.model.rename(this.name.value);
    this.left();
  }

  /** Let the user type the name of what is selected. */
  typeName() {
    this.name.focus();
    this.name.select();
  }

  draw() {
    const {items, points} = this.model.state;
    const focused = focusIn(this.list) || focusIn(this.about);
    const groups = Object.entries(KINDS).map(([kind, title]) => this.#group(title, items.filter((item) => item.kind === kind).map((item) => this.#row(item.id, "line" in item.geometry ? "line" : item.kind, item.name || "no name", mistakeOf(item, items) ? "to mend" : wordsOf(item)))));
    groups.push(this.#group("Floor points", points.map(({id, plan}, at) => this.#row(id, "point", `Point ${at + 1}`, plan === null ? "to mend" : ""))));
    this.list.replaceChildren(...groups.flat());
    byId("none").hidden = items.length + points.length > 0;
    this.#drawAbout();
    // What had the focus was made anew, and whoever works with keys goes on from there.
    if (focused) /** @type {?HTMLElement} */ (document.querySelector(focused))?.focus();
  }

  /** @param {string} title @param {HTMLElement[]} rows */
  #group(title, rows) {
    return rows.length ? [make("h3", {}, title), make("ul", {class: "things"}, ...rows)] : [];
  }

  /** @param {number} id @param {string} is @param {string} name @param {string} words */
  #row(id, is, name, words) {
    const current = id === this.model.selected ? "true" : null;
    const button = make("button", {type: "button", "aria-current": current, "data-id": id, onclick: () => this.model.select(id)}, make("i", {class: `swatch ${is}`}), make("span", {class: "called", dir: "auto"}, name), make("span", {class: words === "to mend" ? "mend" : "quiet"}, words));
    return make("li", {}, button);
  }

  #drawAbout() {
    const {item, point, selected, corner} = this.model;
    this.about.hidden = item === null && point === null;
    this.field.hidden = item === null;
    const isTyping = document.activeElement === this.name && this.shown === selected;
    if (!isTyping && item !== null && this.name.value !== item.name) this.name.value = item.name;
    if (item !== null) this.kind.textContent = `Name of the ${"line" in item.geometry ? "line" : item.kind}`;
    const isCorner = corner !== null && item !== null && "polygon" in item.geometry && item.geometry.polygon.length > 3;
    const remove = make("button", {type: "button", id: "remove", onclick: () => this.model.remove()}, isCorner ? "Remove this corner" : "Remove", make("kbd", {}, "Del"));
    this.rest.replaceChildren(...(item !== null ? this.#aboutItem(item) : point !== null ? this.#aboutPoint() : []), remove);
    this.shown = selected;
  }

  /** @param {Item} item @returns {HTMLElement[]} */
  #aboutItem(item) {
    const {model} = this;
    const {kind, geometry, keys} = item;
    const mistake = mistakeOf(item, model.state.items);
    /** @type {HTMLElement[]} */
    const parts = [];
    if (mistake) parts.push(make("p", {class: "mend", role: "alert"}, `To mend: ${mistake}.`));
    if ("line" in geometry) {
      parts.push(make("p", {class: "quiet"}, "The arrow goes from left to right across it."));
      const turn = () => model.change(() => (item.geometry = {line: [geometry.line[1], geometry.line[0]]}));
      parts.push(make("button", {type: "button", id: "turn", onclick: turn}, "Turn its direction"));
    } else if (kind === "mask") {
      parts.push(make("p", {class: "quiet"}, "Black before anything looks at a frame. After a change, analyze has to do the clips again, and asks before it does much."));
    } else {
      const tick = (/** @type {"isArea" | "isStaff"} */ key, /** @type {string} */ words) =>
        make("label", {class: "check"}, make("input", {type: "checkbox", checked: item[key], "data-key": key, onchange: () => model.change(() => (item[key] = !item[key]))}), words);
      parts.push(tick("isArea", "Detection area: nothing outside counts"), tick("isStaff", "Only staff are here"));
    }
    const said = Object.entries(keys).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    if (said.length) parts.push(make("p", {class: "quiet"}, `Stays as it is: ${said.join(", ")}`));
    const places = this.named[model.saved.get(item.id) ?? ""] ?? [];
    if (kind !== "mask" && places.length) parts.push(make("p", {class: "quiet"}, `Also named by: ${places.join(", ")}`));
    return parts;
  }

  /** @returns {HTMLElement[]} */
  #aboutPoint() {
    const {point, state} = this.model;
    const number = state.points.findIndex(({id}) => id === point?.id) + 1;
    const words = point?.plan === null ? "Now click the same place on the plan." : `On the plan at ${point?.plan?.join(", ")} pixels.`;
    return [make("h3", {}, `Point ${number} of the floor`), make("p", {class: "quiet"}, words)];
  }
}
