// The controls of the main view and of time, which both views share.

import {Calendar} from "./calendar.js";
import {byId, fillSelect, rangeSlider} from "./dom.js";
import {longLabel} from "./format.js";
import {allLabels} from "./time.js";
import {SavedViews, savedOptions} from "./views.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./state.js").State} State */

const hour = (/** @type {number} */ value) => `${String(value).padStart(2, "0")}:00`;

export class Controls {
  /**
   * @param {Camera[]} cameras
   * @param {import("./content.d.ts").Report} report
   * @param {State} state
   */
  constructor(cameras, report, state) {
    this.cameras = cameras;
    this.report = report;
    this.state = state;
    this.labels = allLabels(cameras.map(({about}) => about));
    this.saved = new SavedViews(cameras, state, report, () => this.#listViews());
    this.calendar = new Calendar(report, this.labels, state);
    this.hours = rangeSlider({
      name: "Hours",
      first: "From hour",
      last: "To hour",
      min: 0,
      max: 24,
      text: (low, high) => (low === 0 && high === 24 ? "all day" : `${hour(low)}–${hour(high)}`),
      end: hour,
      change: (low, high) => state.set({hoursFrom: low, hoursTo: high}),
    });
    byId("hours").append(this.hours.element);
    this.#choices(cameras);
    this.#listen();
    this.update(state.now);
  }

  /** @param {Camera[]} cameras */
  #choices(cameras) {
    const {now} = this.state;
    const several = (/** @type {string[]} */ words, /** @type {string} */ all) => [
      {value: "", text: all},
      ...[...new Set(words)].sort((a, b) => a.localeCompare(b)).map((text) => ({value: text, text})),
    ];
    const locations = several(cameras.flatMap(({about}) => (about.location ? [about.location] : [])), "All locations");
    const labels = several(cameras.flatMap(({about}) => about.labels), "All labels");
    fillSelect(byId("location"), locations, now.location);
    fillSelect(byId("label"), labels, now.label);
    byId("location").parentElement?.toggleAttribute("hidden", locations.length === 1);
    byId("label").parentElement?.toggleAttribute("hidden", labels.length === 1);
    this.#listViews();
    const out = this.report.views.filter((view) => view.reason);
    byId("view-note").textContent = out.map(({name, reason}) => `View ${name}: ${reason}.`).join(" ");
    byId("view-note").hidden = out.length === 0;
    const isOne = this.labels.length < 2;
    for (const id of ["from", "to"]) byId(id).parentElement?.toggleAttribute("hidden", isOne);
  }

  /** List the views of the configuration, and those that were saved from a page. */
  #listViews() {
    const {views} = this.report;
    const {names} = this.saved;
    fillSelect(
      byId("view"),
      [
        {value: "", text: "None"},
        ...views.map(({name, reason}) => ({value: name, text: reason ? `${name} (not here)` : name, disabled: Boolean(reason)})),
      ],
      "",
    );
    if (names.length) byId("view").append(savedOptions(names));
    byId("view").parentElement?.toggleAttribute("hidden", views.length + names.length === 0);
    this.#markView(this.state.now);
  }

  /** @param {Choices} now */
  #markView(now) {
    const {active} = this.saved;
    const options = [...byId("view").options];
    const chosen = options.find(({value, dataset}) => (active ? dataset.saved === active : !dataset.saved && value === now.view));
    byId("view").selectedIndex = chosen ? options.indexOf(chosen) : 0;
    this.saved.update(now);
  }

  #listen() {
    const {state} = this;
    /**
     * @template {string} Id
     * @param {Id} id
     * @param {string} event
     * @param {(input: import("./dom.js").ElementOf<Id>) => void} change
     */
    const on = (id, event, change) =>
      byId(id).addEventListener(event, () => change(byId(id)));
    on("search", "input", ({value}) => state.set({search: value}));
    on("location", "change", ({value}) => state.set({location: value}));
    on("label", "change", ({value}) => state.set({label: value}));
    on("view", "change", ({value, selectedOptions: [{dataset}]}) => {
      if (dataset.saved) return this.saved.apply(dataset.saved);
      if (this.saved.active) this.saved.leave();
      const view = this.report.views.find(({name}) => name === value);
      state.set({view: value, outliers: view?.hide_outliers || this.report.hide_outliers});
    });
    on("columns", "change", () => state.set({columns: Number(columnsInput(":checked").value)}));
    on("outliers", "change", ({checked}) => state.set({outliers: checked, otherwise: ""}));
    on("from", "change", ({value}) => this.#range(value, state.now.to || (this.labels.at(-1) ?? "")));
    on("to", "change", ({value}) => this.#range(state.now.from || this.labels[0], value));
    on("reset", "click", () => {
      state.set({from: "", to: "", hoursFrom: 0, hoursTo: 24, view: "", outliers: this.report.hide_outliers, otherwise: ""});
      byId("from").focus();
    });
    for (const id of ["when", "which"]) byId(id).addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  }

  /**
   * Choose a range of buckets; if it would end before it begins, the other end moves along.
   * @param {string} from
   * @param {string} to
   */
  #range(from, to) {
    const isForward = this.labels.indexOf(from) <= this.labels.indexOf(to);
    const [first, last] = isForward ? [from, to] : from === this.state.now.from ? [to, to] : [from, from];
    this.state.set({from: first === this.labels[0] ? "" : first, to: last === this.labels.at(-1) ? "" : last});
  }

  /** @param {Choices} now */
  update(now) {
    const {kind} = this.report;
    const options = this.labels.map((label) => ({value: label, text: longLabel(label, kind)}));
    fillSelect(byId("from"), options, now.from || this.labels[0]);
    const ends = options.map(({value, text}) => ({value, text: kind === "daily" ? endOf(text) : text}));
    fillSelect(byId("to"), ends, now.to || (this.labels.at(-1) ?? ""));
    this.hours.set(now.hoursFrom, now.hoursTo);
    if (byId("search").value !== now.search) byId("search").value = now.search;
    [byId("location").value, byId("label").value] = [now.location, now.label];
    this.#markView(now);
    this.calendar.update(now);
    byId("outliers").checked = now.outliers;
    columnsInput(`[value="${now.columns === 1 ? 1 : 2}"]`).checked = true;
    const isChosen = Boolean(now.from || now.to || now.hoursFrom > 0 || now.hoursTo < 24 || now.view);
    byId("reset").hidden = !isChosen;
    byId("chosen").textContent = isChosen ? this.#chosenText(now) : "";
    byId("chosen").hidden = !isChosen;
  }

  /**
   * Say which part of the period counts.
   * @param {Choices} now
   * @returns {string}
   */
  #chosenText(now) {
    const {kind} = this.report;
    const said = [];
    if (now.view) said.push(`view ${now.view}`);
    if (now.from || now.to) {
      const [first, last] = [now.from || this.labels[0], now.to || (this.labels.at(-1) ?? "")].map((label) => longLabel(label, kind));
      said.push(kind === "daily" ? `${first} to ${endOf(last)}` : first === last ? first : `${first} to ${last}`);
    }
    if (now.hoursFrom > 0 || now.hoursTo < 24) said.push(`${hour(now.hoursFrom)}–${hour(now.hoursTo)}`);
    return `Chosen: ${said.join(", ")}. All maps and numbers are of this time.`;
  }

  /** Say once how much of the whole period the cameras watched. */
  tellCovered() {
    const count = this.cameras.length === 1 ? "1 camera" : `${this.cameras.length} cameras`;
    byId("covered").textContent = this.cameras.every(({about}) => about.covered_s === 0)
      ? `${count}. Nothing was recorded in this period: there is nothing to see, and nothing is known of who came.`
      : `${count} · ${this.report.watched}`;
  }
}

/**
 * Find a button of the choice of columns.
 * @param {string} selector
 * @returns {HTMLInputElement}
 */
function columnsInput(selector) {
  return /** @type {HTMLInputElement} */ (byId("columns").querySelector(selector));
}

/**
 * Return when an hour ends.
 * @param {string} text time when it begins: `10:00`, with an offset from UTC where the clock shows it twice.
 * @returns {string}
 */
function endOf(text) {
  return text.replace(/^\d\d/, (digits) => String(Number(digits) + 1).padStart(2, "0"));
}
