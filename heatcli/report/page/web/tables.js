// Cards of tables that the report carries as text, such as that of the queues: of the whole period.

import {byId, make} from "./dom.js";

/** @typedef {import("./content.d.ts").Table} Table */

/**
 * Show the tables of a camera, each as a card.
 * @param {Table[]} tables
 */
export function showTables(tables) {
  byId("tables").hidden = tables.length === 0;
  byId("tables").replaceChildren(...tables.map(({title, head, rows}, place) => {
    const id = `table-${place}`;
    const cell = (/** @type {string} */ text) => make("td", {}, text === "-" ? "–" : text);
    const table = make(
      "table", {},
      make("thead", {}, make("tr", {}, ...head.map((text) => make("th", {scope: "col"}, text)))),
      make("tbody", {}, ...rows.map(([name, ...cells]) => make("tr", {}, make("th", {scope: "row", dir: "auto"}, name), ...cells.map(cell)))),
    );
    return make(
      "section", {class: "told", "aria-labelledby": id},
      make("h3", {id}, title),
      make("p", {class: "quiet"}, "Of the whole period and of all who count in the report, whatever is chosen above."),
      make("div", {class: "scroll", tabindex: "0", role: "region", "aria-labelledby": id}, table),
    );
  }));
}
