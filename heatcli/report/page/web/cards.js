// The main view: a card for each camera, drawn when it is scrolled into view.

import {Card} from "./card.js";
import {byId, make} from "./dom.js";
import {isListed, isShown} from "./filter.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./state.js").Choices} Choices */
/** @typedef {import("./state.js").State} State */

// As many cards as fit on a sheet of paper are drawn before they are scrolled to, and printed before an open camera.
const ON_PAPER = 9;
// How long a card that nobody has scrolled to waits for an idle moment.
const IDLE_MS = 200;

export class Cards {
  /**
   * @param {Camera[]} cameras
   * @param {State} state
   */
  constructor(cameras, state) {
    this.state = state;
    this.cards = cameras.map((camera) => new Card(camera, state));
    this.none = make("p", {class: "notice", hidden: true});
    byId("cards").append(...this.cards.map((card) => card.element));
    byId("cards").after(this.none);
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const card = this.cards.find(({element}) => element === entry.target);
        if (card) card.show(entry.isIntersecting);
      }
    }, {rootMargin: "200px"});
    for (const card of this.cards) seen.observe(card.element);
    this.update(state.now);
    /** Done when as many cards as fit on paper are drawn. */
    this.drawn = this.#drawFirst(ON_PAPER, idle);
  }

  /**
   * Show the cards that the filters leave.
   * @param {Choices} now
   */
  update(now) {
    byId("cards").dataset.columns = String(now.columns);
    let shown = 0;
    for (const card of this.cards) {
      const is = isShown(card.camera, now);
      card.element.hidden = !is;
      shown += Number(is);
      card.update(now);
    }
    const all = this.cards.length;
    byId("shown").textContent = shown === all ? `${all} ${all === 1 ? "camera" : "cameras"}` : `${shown} of ${all} cameras`;
    this.none.hidden = shown > 0;
    this.none.textContent = this.cards.some(({camera}) => isListed(camera, now))
      ? "None of the chosen cameras passes the filters. Choose others in the list, or show all."
      : "No camera passes all filters. Clear the search or a filter to see more.";
  }

  /**
   * Go to the card of a camera.
   * @param {string} name
   */
  focus(name) {
    this.cards.find(({camera}) => camera.about.name === name)?.link.focus({preventScroll: true});
  }

  /** Draw what is going to be on paper. */
  async drawForPaper() {
    await this.#drawFirst(this.state.now.camera ? ON_PAPER : Infinity);
  }

  /** Say on paper how many cameras are on it, if some are missing: those never drawn, and those without room. */
  tellPaper() {
    const shown = this.cards.filter(({element}) => !element.hidden);
    const printed = shown.slice(0, this.state.now.camera ? ON_PAPER : Infinity).filter(({isDrawn}) => isDrawn);
    for (const card of shown) card.element.classList.toggle("offpaper", !printed.includes(card));
    byId("paper").textContent = printed.length < shown.length ? `Printed here: ${printed.length} of ${shown.length} cameras.` : "";
  }

  /**
   * Draw the first of the cards that the filters leave, one after the other.
   * @param {number} most
   * @param {() => Promise<void>} [turn] promise to wait for before each of them.
   */
  async #drawFirst(most, turn) {
    for (const card of this.cards.filter(({element}) => !element.hidden).slice(0, most)) {
      await turn?.();
      await card.draw();
    }
  }
}

/** Wait for an idle moment, but not for long: a busy machine may have none for half a minute. */
async function idle() {
  await new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, {timeout: IDLE_MS});
    else setTimeout(resolve);
  });
}
