// Filters that are saved as views from the page: kept by the browser, and written for heatcli.toml.

import {byId, copy, make} from "./dom.js";
import {isShown} from "./filter.js";
import {readNames} from "./names.js";
import {tomlKey, tomlString} from "./place.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./state.js").State} State */

/** What a view saves: text as in the address of the page, by the name of the view. */
/** @typedef {Map<string, string>} Saved */

// All pages that the browser takes for one site share what is kept under this name.
const KEY = "heatcli-views";
/** @type {Array<keyof Choices>} */
const FILTER = ["picked", "search", "location", "label", "from", "to", "hoursFrom", "hoursTo", "outliers", "otherwise"];

export class SavedViews {
  /**
   * @param {Camera[]} cameras
   * @param {State} state
   * @param {import("./content.d.ts").Report} report
   * @param {() => void} changed listener for views that came or went.
   */
  constructor(cameras, state, report, changed) {
    this.cameras = cameras;
    this.state = state;
    this.report = report;
    this.changed = changed;
    this.isKept = true;
    /** @type {Saved} */
    this.saved = this.#read();
    byId("save").addEventListener("click", () => this.#open(Boolean(byId("save-panel").hidden)));
    byId("save-form").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#save(byId("view-name").value.trim());
    });
    byId("view-name").addEventListener("input", () => this.#write());
    byId("view-copy").addEventListener("click", async () => {
      byId("view-told").textContent = (await copy(this.toml())) ? "Copied for heatcli.toml." : "The browser does not let the page copy; mark the text and copy it.";
    });
    byId("view-delete").addEventListener("click", () => this.#remove());
  }

  /** Names of the saved views. */
  get names() {
    return [...this.saved.keys()];
  }

  /**
   * Name the saved view that chooses what is chosen.
   * @returns {string} name; empty where none does.
   */
  get active() {
    const {now} = this.state;
    if (now.view) return "";
    const text = this.#text(now);
    return this.names.find((name) => this.#text(this.state.read(this.saved.get(name) ?? "")) === text) ?? "";
  }

  /**
   * Choose what a saved view chooses.
   * @param {string} name
   */
  apply(name) {
    const read = this.state.read(this.saved.get(name) ?? "");
    this.state.set({view: "", ...Object.fromEntries(FILTER.map((field) => [field, read[field]]))});
  }

  /** Choose what is chosen at first. */
  leave() {
    const {defaults} = this.state;
    this.state.set(Object.fromEntries(FILTER.map((field) => [field, defaults[field]])));
  }

  /** @param {Choices} now */
  update(now) {
    const {active} = this;
    const {defaults} = this.state;
    const isFiltered = FILTER.some((field) => now[field] !== defaults[field]);
    // A view of the configuration is saved already.
    byId("save").hidden = Boolean(now.view) || !isFiltered;
    byId("save").textContent = active ? `View ${active}…` : "Save as view…";
    if (byId("save").hidden) this.#open(false);
    if (active && !byId("save-panel").hidden) byId("view-name").value = active;
    byId("view-delete").hidden = !active;
    this.#write();
  }

  /**
   * Write what is chosen as a view of heatcli.toml.
   * @returns {string}
   */
  toml() {
    const {now} = this.state;
    const fit = normal(now, this.report.kind);
    const lines = [`[views.${tomlKey(byId("view-name").value.trim() || "new-view")}]`];
    if (now.picked || now.search.trim()) {
      lines.push(`cameras = [${this.cameras.filter((camera) => isShown(camera, now)).map(({about}) => tomlString(about.name)).join(", ")}]`);
    } else {
      if (now.location) lines.push(`locations = [${tomlString(now.location)}]`);
      if (now.label) lines.push(`labels = [${tomlString(now.label)}]`);
    }
    const hour = (/** @type {number} */ value) => `${String(value).padStart(2, "0")}:00`;
    if (fit.hoursFrom > 0 || fit.hoursTo < 24) lines.push(`hours = "${hour(fit.hoursFrom)}-${hour(fit.hoursTo)}"`);
    if (fit.from || fit.to) lines.push(`dates = "${this.#dates(fit)}"`);
    if (now.outliers) lines.push("filter_outliers = true");
    // A name may hold anything, and a comment ends with its line.
    if (now.otherwise) lines.push(`# not so at ${readNames(now.otherwise).map(tomlString).join(", ")}, which a view cannot say`);
    return `${lines.join("\n")}\n`;
  }

  /** @param {Choices} now */
  #dates({from, to}) {
    const labels = this.cameras.flatMap(({about}) => about.buckets).sort();
    const first = from || labels[0];
    const last = to || (labels.at(-1) ?? "");
    if (this.report.kind !== "annual") return first === last ? first : `${first}..${last}`;
    const [year, month] = last.split("-").map(Number);
    return `${first}-01..${new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)}`;
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    const wasOpen = !byId("save-panel").hidden;
    byId("save-panel").hidden = !isOpen;
    byId("save").setAttribute("aria-expanded", String(isOpen));
    if (!isOpen || wasOpen) return;
    byId("view-told").textContent = "";
    byId("view-name").value = this.active;
    this.#write();
    byId("view-name").focus();
  }

  #write() {
    byId("view-toml").textContent = this.toml();
  }

  /** @param {string} name */
  #save(name) {
    if (!name) return;
    this.saved.set(name, this.#text(this.state.now));
    this.#keep();
    byId("view-told").textContent = this.isKept
      ? `Saved: ${name} is in the list of views, here and on other reports that this browser opens from the same place.`
      : `This browser keeps nothing for the page: ${name} is gone once it is closed. Copy it for heatcli.toml.`;
    this.apply(name);
    this.changed();
  }

  #remove() {
    const {active} = this;
    this.saved.delete(active);
    this.#keep();
    this.changed();
    byId("view-told").textContent = `Removed: ${active}.`;
    byId("view-name").focus();
  }

  /**
   * Write the filter of some choices; hours of a day's page are hours of any day.
   * @param {Choices} now
   */
  #text(now) {
    const fit = normal(now, this.report.kind);
    return String(new URLSearchParams(FILTER.map((field) => [field, String(fit[field])])));
  }

  /** @returns {Saved} */
  #read() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      return new Map(Object.entries(found).filter(([, text]) => typeof text === "string"));
    } catch {
      return new Map(); // a browser that keeps nothing for files, or something else under this name
    }
  }

  #keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(this.saved)));
    } catch {
      this.isKept = false;
    }
  }
}

/**
 * Turn a range of a day's hours into hours of any day.
 * @param {Choices} now
 * @param {import("./content.d.ts").Kind} kind kind of the report.
 * @returns {Choices}
 */
function normal(now, kind) {
  if (kind !== "daily" || !(now.from || now.to)) return now;
  const at = (/** @type {string} */ label) => Number(label.slice(11, 13));
  const hoursFrom = Math.max(now.hoursFrom, now.from ? at(now.from) : 0);
  const hoursTo = Math.min(now.hoursTo, now.to ? at(now.to) + 1 : 24);
  return hoursFrom < hoursTo ? {...now, hoursFrom, hoursTo, from: "", to: ""} : now;
}

/**
 * Make the options of the saved views.
 * @param {string[]} names
 * @returns {HTMLElement}
 */
export function savedOptions(names) {
  const options = names.map((name) => {
    const option = make("option", {textContent: name, value: `saved:${name}`});
    option.dataset.saved = name;
    return option;
  });
  return make("optgroup", {label: "Saved in this browser"}, ...options);
}
