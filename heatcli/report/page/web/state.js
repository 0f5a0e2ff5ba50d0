// What the user chose. It is kept in the address after `#`, so that a page can be bookmarked, sent on and gone back to.

/**
 * What is chosen.
 * @typedef {object} Choices
 * @property {string} camera name of the open camera; empty for all of them.
 * @property {string} search part of the names of cameras.
 * @property {string} location location of cameras; empty for all.
 * @property {string} label label of cameras; empty for all.
 * @property {string} picked names of the cameras that are shown, as `namesText` writes them; empty for all.
 * @property {string} view name of a saved view; empty for none.
 * @property {number} columns columns of cards, 1 or 2.
 * @property {string} from label of the first bucket; empty for that of the period.
 * @property {string} to label of the last bucket, included; empty for that of the period.
 * @property {number} hoursFrom first hour of the day, 0..23.
 * @property {number} hoursTo hour of the day after the last one, 1..24.
 * @property {boolean} outliers true where outliers are left out.
 * @property {string} otherwise names of cameras at which it is the other way round, as `namesText` writes them.
 * @property {import("./heat.js").Metric} metric metric of the map.
 * @property {string} colors name of the colours of the map.
 * @property {number} opacity share of the heat that covers the scene, 0..1.
 * @property {number} threshold part of the scale that is not shown, 0..1.
 * @property {import("./series.js").Charted} chart figure that is charted.
 * @property {string} zone what is looked at: the index of a configured zone, or a pinned `circle=…`, `polygon=…`.
 */

/**
 * Tests of whether a value is possible, by the names of choices.
 * @typedef {{[Name in keyof Choices]?: (value: Choices[Name]) => boolean}} Possible
 */

// Browsers limit how often the address changes: a slider that moves writes it after resting this long, in ms.
const REST_MS = 250;

export class State {
  /**
   * @param {Choices} defaults choices that hold if the address has none, or an impossible one.
   * @param {Possible} possible
   * @param {(now: Choices) => Choices} fitting function that makes choices fit each other.
   */
  constructor(defaults, possible, fitting) {
    this.defaults = defaults;
    this.possible = possible;
    this.fitting = fitting;
    this.timer = 0;
    /** @type {Choices} */
    this.now = this.read(location.hash.slice(1));
    /** @type {Array<(now: Choices, changed: Set<string>) => void>} */
    this.listeners = [];
    addEventListener("hashchange", () => {
      clearTimeout(this.timer);
      this.#become(this.read(location.hash.slice(1)));
    });
  }

  /**
   * Change some choices, and tell all listeners which.
   * @param {Partial<Choices>} changes
   */
  set(changes) {
    const next = this.fitting({...this.now, ...changes});
    clearTimeout(this.timer);
    // Opening a camera is a step that the browser's back button undoes; everything else replaces the address.
    if (next.camera !== this.now.camera) {
      history.replaceState(null, "", this.address({}));
      history.pushState(null, "", this.address(next));
    } else this.timer = setTimeout(() => history.replaceState(null, "", this.address({})), REST_MS);
    this.#become(next);
  }

  /**
   * Return the address of some choices.
   * @param {Partial<Choices>} changes changes to the present choices.
   * @returns {string}
   */
  address(changes) {
    const said = new URLSearchParams();
    const defaults = /** @type {Record<string, unknown>} */ ({...this.defaults});
    for (const [name, value] of Object.entries({...this.now, ...changes})) {
      if (value !== defaults[name]) said.set(name, String(value));
    }
    return `#${said}`;
  }

  /**
   * Have a function called whenever choices change, with the names of those.
   * @param {(now: Choices, changed: Set<string>) => void} listener
   */
  listen(listener) {
    this.listeners.push(listener);
  }

  /** @param {Choices} next */
  #become(next) {
    const before = /** @type {Record<string, unknown>} */ ({...this.now});
    const changed = new Set(Object.entries(next).flatMap(([name, value]) => (value === before[name] ? [] : [name])));
    this.now = next;
    if (changed.size) for (const listener of this.listeners) listener(next, changed);
  }

  /**
   * Read choices that are written as in an address; missing or impossible ones are at their defaults.
   * @param {string} text
   * @returns {Choices}
   */
  read(text) {
    const said = new URLSearchParams(text);
    const possible = /** @type {Record<string, ((value: unknown) => boolean) | undefined>} */ (this.possible);
    const read = Object.entries(this.defaults).map(([name, value]) => {
      const text = said.get(name);
      if (text === null) return [name, value];
      const told = typeof value === "boolean" ? text === "true" : typeof value === "number" ? Number(text) : text;
      return [name, possible[name]?.(told) === false ? value : told];
    });
    return this.fitting(Object.fromEntries(read));
  }
}
