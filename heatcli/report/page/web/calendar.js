// A calendar of the days of a week or month, or of the months of a year: one of them, or a range.

import {byId, make} from "./dom.js";
import {WEEKDAYS, longLabel, shortLabel} from "./format.js";

/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./state.js").State} State */

// The first weekday in a row of a month.
const MONDAY = 1;

export class Calendar {
  /**
   * @param {import("./content.d.ts").Report} report
   * @param {string[]} labels labels of all buckets, in order.
   * @param {State} state
   */
  constructor({kind, cameras}, labels, state) {
    this.labels = labels;
    this.state = state;
    this.across = kind === "annual" ? 4 : 7;
    byId("calendar").hidden = kind === "daily" || labels.length < 2;
    if (kind === "daily" || !labels.length) return;
    const covered = new Set(cameras.flatMap(({buckets, bucket_covered_s}) => buckets.filter((_, place) => bucket_covered_s[place] > 0)));
    this.buttons = labels.map((label, place) => {
      const isCovered = covered.has(label);
      const name = `${longLabel(label, kind)}${isCovered ? "" : ", nothing recorded"}`;
      return make("button", {
        type: "button", class: isCovered ? "" : "silent", title: name, "aria-label": name, tabIndex: place ? -1 : 0,
        onclick: (/** @type {MouseEvent} */ event) => this.#choose(place, event.shiftKey),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#move(event, place),
      }, kind === "annual" ? shortLabel(label, kind) : String(Number(label.slice(8))));
    });
    const days = byId("calendar-days");
    days.style.setProperty("--across", String(this.across));
    if (kind !== "annual") {
      days.append(...[...WEEKDAYS.slice(MONDAY), ...WEEKDAYS.slice(0, MONDAY)].map((day) => make("span", {class: "quiet", "aria-hidden": "true"}, day.slice(0, 2))));
      const weekday = new Date(`${labels[0]}T00:00Z`).getUTCDay();
      this.buttons[0].style.gridColumnStart = String(((weekday + 7 - MONDAY) % 7) + 1);
    }
    days.append(...this.buttons);
    this.update(state.now);
  }

  /** @param {Choices} now */
  update(now) {
    const {first, last} = this.#range(now);
    const isAll = !now.from && !now.to;
    this.buttons?.forEach((button, place) => button.setAttribute("aria-pressed", String(!isAll && place >= first && place <= last)));
  }

  /** @param {Choices} now */
  #range({from, to}) {
    return {first: from ? this.labels.indexOf(from) : 0, last: to ? this.labels.indexOf(to) : this.labels.length - 1};
  }

  /**
   * Choose one day, all days again, or with Shift all from or up to a day.
   * @param {number} place
   * @param {boolean} isRange
   */
  #choose(place, isRange) {
    const {now} = this.state;
    const {first, last} = this.#range(now);
    const isOne = first === last && first === place;
    const [from, to] = isRange && (now.from || now.to) ? [Math.min(first, place), Math.max(place, place < first ? last : first)] : [place, place];
    if (isOne && !isRange) this.state.set({from: "", to: ""});
    else this.state.set({from: from === 0 ? "" : this.labels[from], to: to === this.labels.length - 1 ? "" : this.labels[to]});
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} place
   */
  #move(event, place) {
    /** @type {Record<string, number>} */
    const steps = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.across, ArrowDown: this.across, Home: -place, End: this.labels.length};
    if (!(event.key in steps)) return;
    event.preventDefault();
    const buttons = this.buttons ?? [];
    const target = buttons[Math.min(Math.max(place + steps[event.key], 0), buttons.length - 1)];
    for (const button of buttons) button.tabIndex = button === target ? 0 : -1;
    target.focus();
  }
}
