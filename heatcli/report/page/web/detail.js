// The detail view: one camera, what is looked at on its map, and the figures and chart of just that.

import {byId, fillSelect, make, rangeSlider} from "./dom.js";
import {FIELDS, boundText, carriedText, coveredText, longLabel, rangeText} from "./format.js";
import {legend} from "./heatlayer.js";
import {HotZone} from "./hot.js";
import {HotList} from "./hotlist.js";
import {showOutliers} from "./leftout.js";
import {makeLook} from "./look.js";
import {SceneMap} from "./map.js";
import {Pinned} from "./pinned.js";
import {readShape, shapeText} from "./place.js";
import {toggledName} from "./names.js";
import {CHARTED, chartText, fillTable} from "./series.js";
import {named, seriesOf, titleOf} from "./subject.js";
import {bucketRange} from "./time.js";
import {showTables} from "./tables.js";
import {Tools} from "./tools.js";
import {ZoneList} from "./zonelist.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./place.js").Shape} Shape */
/** @typedef {import("./state.js").State} State */

export class Detail {
  /**
   * @param {Camera[]} cameras
   * @param {import("./content.d.ts").Report} report
   * @param {State} state
   * @param {Promise<import("./chart.js").Charts>} charts charts, which are made while the page opens.
   */
  constructor(cameras, report, state, charts) {
    this.cameras = cameras;
    this.report = report;
    this.state = state;
    /** @type {?Camera} */
    this.camera = null;
    /** @type {?import("./chart.js").Charts} */
    this.charts = null;
    this.listed = "";
    this.drawn = "";
    this.keyed = "";
    this.lookedAt = "";
    this.map = new SceneMap(byId("map"));
    this.tools = new Tools(this.map, {
      moved: (shape) => this.#tell({shape, area: -1, hot: "", isPinned: false}),
      pinned: (shape) => state.set({zone: shapeText(shape)}),
      released: () => this.#release(),
    }, report.look.reach);
    this.hot = new HotZone();
    this.pinned = new Pinned();
    const pin = (/** @type {string} */ zone) => state.set({zone: state.now.zone === zone ? "" : zone});
    this.zones = new ZoneList((place) => pin(String(place)));
    this.hottest = new HotList(pin);
    this.ends = this.#makeEnds();
    this.#makeControls();
    void charts.then((made) => {
      this.charts = made;
      this.listed = "";
      if (this.camera?.choice) this.#refresh();
    });
    byId("back").addEventListener("click", (/** @type {Event} */ event) => {
      event.preventDefault();
      state.set({camera: "", zone: ""});
    });
  }

  #makeControls() {
    const {state, report} = this;
    makeLook(report, state);
    fillSelect(byId("chart-field"), CHARTED.map((value) => ({value, text: FIELDS[value].name})), state.now.chart);
    byId("chart-field").addEventListener("change", () => state.set({chart: /** @type {import("./series.js").Charted} */ (byId("chart-field").value)}));
    byId("numbers").addEventListener("toggle", () => this.#table());
    byId("outliers-here").addEventListener("change", () => state.set({otherwise: toggledName(state.now.otherwise, state.now.camera)}));
  }

  #makeEnds() {
    const {kind} = this.report;
    const labels = () => this.camera?.about.buckets ?? [];
    const ends = rangeSlider({
      name: "Part of the period",
      first: "From",
      last: "To",
      min: 0,
      max: 1,
      text: (low, high) => rangeText(labels(), low, high, kind),
      end: (value) => boundText(labels(), value, kind),
      change: (first, last) => this.chooseBuckets(first, last),
    });
    byId("ends").append(ends.element);
    return ends;
  }

  /**
   * Let only some buckets of the open camera count.
   * @param {number} first
   * @param {number} last bucket after the last one.
   */
  chooseBuckets(first, last) {
    // The tool may tell of its last move only after the camera was closed.
    if (!this.camera) return;
    const labels = this.camera.about.buckets;
    this.state.set({from: first === 0 ? "" : labels[first], to: last >= labels.length ? "" : labels[last - 1]});
  }

  /** Show what is chosen, or nothing where no camera is open. */
  async update() {
    const {now} = this.state;
    const camera = this.cameras.find(({about}) => about.name === now.camera) ?? null;
    byId("detail").hidden = camera === null;
    if (camera !== this.camera) {
      this.camera = camera;
      this.listed = "";
      this.drawn = "";
      if (camera) await this.#open(camera);
    }
    if (camera && camera === this.camera && camera.choice) this.#refresh();
  }

  /** @param {Camera} camera */
  async #open(camera) {
    const {about} = camera;
    byId("camera-name").textContent = about.name;
    const isEmpty = about.covered_s === 0;
    const show = (/** @type {boolean} */ is) => {
      for (const id of ["panes", "charts"]) byId(id).hidden = !is;
    };
    show(!isEmpty);
    byId("nothing").hidden = !isEmpty;
    byId("nothing").textContent = `Nothing was recorded at ${about.name} in this period. That does not mean that nobody came.`;
    byId("thinned").hidden = byId("left-out").hidden = true;
    byId("outliers-here").parentElement?.toggleAttribute("hidden", isEmpty);
    this.#describe(camera);
    showTables("tables", isEmpty ? [] : about.tables);
    if (isEmpty) return;
    this.map.show(camera);
    const isLoaded = await camera.load();
    if (camera !== this.camera) return;
    show(isLoaded);
    if (!camera.points) return;
    camera.choose(this.state.now);
    const said = carriedText(camera.points);
    byId("thinned").hidden = said === null;
    byId("thinned").textContent = said ?? "";
    const grid = camera.heat(this.state.now.metric);
    const hottest = grid.values.reduce((best, value, place) => (value > grid.values[best] ? place : best), 0);
    this.tools.follow(((hottest % grid.columns) + 0.5) / grid.columns, (Math.floor(hottest / grid.columns) + 0.5) / grid.rows);
  }

  /** @param {Camera} camera */
  #describe(camera) {
    const {about} = camera;
    const detectors = about.detectors.length > 1 ? `found by ${about.detectors.join(" and ")}, which cannot be compared` : null;
    const covered = camera.choice ? camera.coveredText() : coveredText(about.covered_s, about.selected_s);
    const {choice} = camera;
    const hides = camera.hidesOutliers(this.state.now);
    const out = choice && hides ? `${choice.outliers.length} left out as outliers` : null;
    const away = about.is_configured || !this.report.has_cameras ? null : "no longer in the configuration";
    byId("camera-note").textContent = [about.location, covered, detectors, about.left_out, out, away, hides ? about.outliers_note : about.note, about.audit_note].filter(Boolean).join(" · ");
  }

  #refresh() {
    const camera = /** @type {Camera} */ (this.camera);
    const {now} = this.state;
    if (camera.about.covered_s === 0) return;
    camera.choose(now);
    this.#describe(camera);
    this.#heat(camera);
    const key = JSON.stringify([camera.place, camera.key]);
    if (key !== this.listed) {
      this.listed = key;
      this.zones.show(camera, camera.isReported(now));
      this.hottest.show(camera.hotPlaces(), Boolean(camera.choice?.covered_us));
      this.map.mark(camera.hotPlaces());
      byId("outliers-here").checked = camera.hidesOutliers(now);
      showOutliers(camera);
      this.#time(camera);
    }
    byId("chart-field").value = now.chart;
    this.#look();
  }

  /** @param {Camera} camera */
  #heat(camera) {
    const {now} = this.state;
    const {colors, metrics} = this.report;
    const key = JSON.stringify([camera.place, camera.key, now.metric, now.colors, now.opacity, now.threshold]);
    if (key === this.drawn) return;
    this.drawn = key;
    const grid = camera.heat(now.metric);
    const end = camera.scaleEnd(now.metric);
    const style = {colors: colors[now.colors], opacity: now.opacity, threshold: now.threshold};
    this.map.showHeat(grid, end, style);
    const isClipped = grid.values.some((value) => value > end);
    byId("legend").replaceChildren(...legend(`${capital(metrics[now.metric].caption)} ${camera.about.place}`, end, isClipped, style));
  }

  /** @param {Camera} camera */
  #time(camera) {
    const {about} = camera;
    const {now} = this.state;
    const range = bucketRange(about.buckets, now);
    this.ends.set(range[0], range[1], 0, about.buckets.length);
    const {labels, kind} = camera.division;
    this.charts?.showTime({labels, kind, ...camera.coverage()}, camera.isDivided ? [0, labels.length] : range);
    const period = {labels: about.buckets, kind: this.report.kind, covered_s: about.bucket_covered_s, selected_s: about.bucket_selected_s};
    this.charts?.showPeriod(period, range);
    this.charts?.showActivity(camera.activity(now));
  }

  /** Look at what the address names: a configured zone, a pinned shape, or nothing in particular. */
  #look() {
    const {zone} = this.state.now;
    const found = named(zone, /** @type {Camera} */ (this.camera), readShape(zone));
    const area = found?.area ?? -1;
    this.map.choose(area);
    this.zones.mark(area);
    this.hottest.mark(found?.hot ?? "");
    // A polygon that is being drawn is given up only if something else is chosen.
    const isDrawing = this.tools.mode === "draw" && zone === this.lookedAt;
    this.lookedAt = zone;
    if (!isDrawing) {
      if (found) this.tools.keep(area < 0 ? found.shape : null);
      else if (this.tools.mode !== "follow") this.tools.follow();
    }
    this.#tell(found ? {...found, isPinned: true} : {shape: this.tools.circle, area: -1, hot: "", isPinned: false});
    this.pinned.show(found && area < 0 ? found.shape : null, this.state.now.camera);
  }

  #release() {
    this.tools.follow();
    if (this.state.now.zone) this.state.set({zone: ""});
    else this.#look();
  }

  /** @param {import("./subject.js").Subject} subject */
  #tell(subject) {
    const {shape, area, hot, isPinned} = subject;
    const {camera} = this;
    if (!camera?.choice) return;
    const {now} = this.state;
    const isReported = camera.isReported(now);
    const {total, buckets} = camera.figures(shape);
    const known = isReported && area >= 0 ? camera.about.areas[area] : null;
    const title = titleOf(subject, camera.about);
    const covered = camera.coveredText();
    const {previous_covered_s, compares_rates: ratesOnly} = camera.about;
    const before = known?.before ? `; before: ${this.report.previous}, ${coveredText(/** @type {number} */ (previous_covered_s), null)}` : "";
    const compared = known?.before && ratesOnly ? ". Not covered for as long: visits are compared per covered hour" : "";
    const listed = hot ? camera.hotPlaces().find(({name}) => name === hot)?.total : known?.total;
    this.hot.show(listed ?? total, known?.before?.total ?? null, {
      title,
      note: `${covered}${before}${compared}${area < 0 && isPinned ? " · pinned" : ""}`,
      ratesOnly,
      audit: isReported ? camera.about.audit : null,
    });
    this.series = seriesOf(camera, now, buckets, known?.before?.chart ?? null);
    byId("chart-title").textContent = `${FIELDS[now.chart].name}, ${FIELDS[now.chart].unit} · ${title}`;
    this.charts?.showLine(this.series);
    this.#key(Boolean(known?.before));
    byId("line").setAttribute("aria-label", chartText(this.series));
    this.#table();
  }

  /** @param {boolean} hasBefore */
  #key(hasBefore) {
    const camera = /** @type {Camera} */ (this.camera);
    const {covered_s, selected_s} = camera.coverage();
    const hasGap = covered_s.some((one, place) => one < selected_s[place]);
    const {labels} = camera.division;
    const title = camera.isDivided ? longLabel(labels[0].slice(0, 10), camera.division.kind === "daily" ? "weekly" : "annual") : this.report.title;
    const entries = [["now", title], ...(hasBefore ? [["before", this.report.previous]] : []), ...(hasGap ? [["uncovered", "not recorded, or only in part"]] : [])];
    const shown = entries.map(([, text]) => text).join();
    if (shown === this.keyed) return;
    this.keyed = shown;
    byId("key").replaceChildren(...entries.map(([kind, text]) => make("span", {}, make("i", {class: kind}), text)));
  }

  #table() {
    if (byId("numbers").open && this.series) fillTable(byId("table"), this.series);
  }
}

const capital = (/** @type {string} */ text) => text[0].toUpperCase() + text.slice(1);
