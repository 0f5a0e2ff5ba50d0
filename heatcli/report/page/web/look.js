// How the map looks: its metric, colours, opacity and threshold.

import {byId, fillSelect, make, slider} from "./dom.js";

/**
 * Make the controls of the look.
 * @param {import("./content.d.ts").Report} report
 * @param {import("./state.js").State} state
 */
export function makeLook(report, state) {
  const choose = (/** @type {string} */ name, /** @type {"metric" | "colors"} */ field, /** @type {Array<{value: string, text: string}>} */ options) => {
    const select = make("select", {onchange: () => state.set({[field]: select.value})});
    fillSelect(select, options, state.now[field]);
    return make("label", {}, name, select);
  };
  const part = (/** @type {string} */ name, /** @type {"opacity" | "threshold"} */ field) =>
    slider({
      name,
      min: 0,
      max: 1,
      step: 0.05,
      value: state.now[field],
      text: (value) => `${Math.round(100 * value)} %`,
      change: (value) => state.set({[field]: value}),
    }).element;
  byId("look-controls").append(
    choose("Map of", "metric", Object.entries(report.metrics).map(([value, {name}]) => ({value, text: name}))),
    choose("Colours", "colors", Object.keys(report.colors).map((value) => ({value, text: value}))),
    part("Opacity", "opacity"),
    part("Threshold", "threshold"),
  );
}
