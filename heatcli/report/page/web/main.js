// Starts the page: reads what it carries, and shows what the address asks for.

import {Camera} from "./camera.js";
import {Cards} from "./cards.js";
import {Charts} from "./chart.js";
import {Controls} from "./controls.js";
import {Detail} from "./detail.js";
import {byId} from "./dom.js";
import {namesText, readNames} from "./names.js";
import {Rail} from "./rail.js";
import {CHARTED} from "./series.js";
import {State} from "./state.js";
import {showTables} from "./tables.js";
import {allLabels} from "./time.js";

/** @typedef {import("./state.js").Choices} Choices */

// Width of A4 between its margins, in CSS pixels.
const PAPER_WIDTH = 700;

/** @typedef {import("./content.d.ts").Report} Report */

/**
 * Read what the page carries under a name.
 * @param {string} name
 * @returns {any} value of the JSON, whose type the caller knows.
 */
function carried(name) {
  return JSON.parse(byId(`data-${name}`).textContent);
}

/**
 * Make the state of the page: what holds at first, and what the address may say.
 * @param {Report} report
 * @returns {State}
 */
function startState(report) {
  const {look, cameras, views, metrics, colors} = report;
  const names = cameras.map(({name}) => name);
  const labels = allLabels(cameras);
  const usable = views.filter(({reason}) => !reason).map(({name}) => name);
  const within = (/** @type {number} */ least, /** @type {number} */ most) => (/** @type {number} */ value) => value >= least && value <= most;
  const whole = (/** @type {number} */ least, /** @type {number} */ most) => (/** @type {number} */ value) => Number.isInteger(value) && within(least, most)(value);
  return new State(
    {
      camera: "", search: "", location: "", label: "", picked: "", view: "",
      columns: cameras.length > 1 ? 2 : 1,
      from: "", to: "", hoursFrom: 0, hoursTo: 24,
      outliers: report.hide_outliers, otherwise: "",
      metric: look.metric, colors: look.color_map, opacity: look.opacity, threshold: look.threshold,
      chart: "activity_pct",
      zone: "",
    },
    {
      camera: (value) => names.includes(value),
      view: (value) => usable.includes(value),
      location: (value) => cameras.some(({location}) => location === value),
      label: (value) => cameras.some(({labels}) => labels.includes(value)),
      columns: whole(1, 2),
      from: (value) => labels.includes(value),
      to: (value) => labels.includes(value),
      hoursFrom: whole(0, 23),
      hoursTo: whole(1, 24),
      metric: (value) => Object.hasOwn(metrics, value),
      colors: (value) => Object.hasOwn(colors, value),
      opacity: within(0, 1),
      threshold: within(0, 1),
      chart: (value) => CHARTED.includes(value),
    },
    (now) => fitted(now, labels, names, views),
  );
}

/**
 * Make choices fit each other: a range that ends before it begins becomes the whole, and a camera that is not in the
 * view is closed.
 * @param {Choices} now
 * @param {string[]} labels labels of all buckets.
 * @param {string[]} names names of all cameras.
 * @param {import("./content.d.ts").View[]} views
 * @returns {Choices}
 */
function fitted(now, labels, names, views) {
  const here = (/** @type {string} */ text) => namesText(readNames(text).filter((name) => names.includes(name)));
  const next = {...now, picked: here(now.picked), otherwise: here(now.otherwise)};
  if (now.hoursFrom >= now.hoursTo) [next.hoursFrom, next.hoursTo] = [0, 24];
  if (now.from && now.to && labels.indexOf(now.from) > labels.indexOf(now.to)) next.from = next.to = "";
  const view = views.find(({name}) => name === now.view);
  if (view && !view.cameras.includes(now.camera)) next.camera = next.zone = "";
  return next;
}

/** Start the page. */
export function start() {
  /** @type {Report} */
  const report = carried("report");
  const state = startState(report);
  const cameras = report.cameras.map((about, place) => new Camera(about, place, report));
  const controls = new Controls(cameras, report, state);
  controls.tellCovered();
  const rail = new Rail(cameras, state);
  const cards = new Cards(cameras, state);
  showTables("rooms", report.rooms);
  const charts = Charts.make(carried("charts"), (first, last) => detail.chooseBuckets(first, last));
  const detail = new Detail(cameras, report, state, charts);
  byId("troubles").textContent = report.troubles.map((trouble) => trouble[0].toUpperCase() + trouble.slice(1)).join(" ");
  byId("troubles").hidden = report.troubles.length === 0;
  byId("foot").textContent = `Made by heatcli ${report.version}, ${report.made}. Numbers are per covered time: what was not recorded is not counted as empty.`;

  let scrolled = 0;
  let last = state.now.camera;
  const show = (/** @type {boolean} */ isOpen) => {
    document.body.classList.toggle("open", isOpen);
    byId("cameras").hidden = isOpen;
  };
  state.listen((now, changed) => {
    controls.update(now);
    const opened = changed.has("camera");
    if (opened && now.camera) scrolled = scrollY;
    if (opened) show(Boolean(now.camera));
    rail.update(now);
    cards.update(now);
    void detail.update();
    if (!opened) return;
    scrollTo(0, now.camera ? 0 : scrolled);
    // The focus goes where the eye is: to the camera that was opened, or back to its card.
    if (now.camera) byId("camera-name").focus({preventScroll: true});
    else cards.focus(last);
    last = now.camera;
  });
  // Charts keep the width that they have on the screen; on paper they are made smaller as a whole.
  addEventListener("beforeprint", () => {
    cards.tellPaper();
    const width = byId("line").clientWidth;
    if (width) document.body.style.setProperty("--paper", String(Math.min(1, PAPER_WIDTH / width)));
  });
  byId("print").addEventListener("click", async () => {
    await cards.drawForPaper();
    print();
  });
  show(Boolean(state.now.camera));
  void Promise.all([charts, cards.drawn, detail.update()]).then(() => {
    document.documentElement.dataset.ready = "true";
  });
}
