// Cards of tables that the report carries as text, such as those of queues and rooms: of the whole period.

import {byId, make} from "./dom.js";

/** @typedef {import("./content.d.ts").Table} Table */

/**
 * Show tables, each as a card.
 * @param {string} place id of the element that they are shown in, hidden if there are none.
 * @param {Table[]} tables
 */
export function showTables(place, tables) {
  byId(place).hidden = tables.length === 0;
  byId(place).replaceChildren(...tables.map(({title, notes, words, head, rows}, number) => {
    const id = `${place}-${number}`;
    const kind = (/** @type {number} */ column) => (column < words ? "word" : "");
    const cell = (/** @type {string} */ text, /** @type {number} */ place) => make("td", {class: kind(place + 1)}, text === "-" ? "–" : text);
    const table = make(
      "table", {},
      make("thead", {}, make("tr", {}, ...head.map((text, column) => make("th", {scope: "col", class: kind(column)}, text)))),
      make("tbody", {}, ...rows.map(([name, ...cells]) => make("tr", {}, make("th", {scope: "row", dir: "auto"}, name), ...cells.map(cell)))),
    );
    return make(
      "section", {class: "told", "aria-labelledby": id},
      make("h3", {id}, title),
      make("p", {class: "quiet"}, "Of the whole period and of all who count in the report, whatever is chosen above."),
      ...notes.map((note) => make("p", {class: "quiet", dir: "auto"}, note)),
      make("div", {class: "scroll", tabindex: "0", role: "region", "aria-labelledby": id}, table),
    );
  }));
}
