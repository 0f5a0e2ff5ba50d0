// What is drawn, as tables of heatcli.toml.

import {tomlKey, tomlString} from "../../report/page/web/place.js";

/** @typedef {import("./drawing.d.ts").Drawn} Drawn */
/** @typedef {import("./drawing.d.ts").DrawnShape} DrawnShape */

/**
 * Write all tables of a camera that the page can change.
 * @param {string} camera
 * @param {Drawn} drawn
 * @param {Drawn} before what the configuration says, of which some tables may be empty now.
 * @param {Record<string, string[]>} named where else the configuration names a zone or region, by its name.
 * @returns {string}
 */
export function tomlOf(camera, drawn, before, named) {
  const top = `cameras.${tomlKey(camera)}`;
  const lists = /** @type {const} */ (["area", "staff_zones"]).filter((key) => drawn[key].length);
  const tables = [lists.length ? [`[${top}]`, ...lists.map((key) => `${key} = ${value(drawn[key])}`)] : []];
  for (const key of /** @type {const} */ (["zones", "regions", "masks"])) {
    const line = key === "zones" ? zone : (/** @type {DrawnShape} */ one) => `${tomlKey(one.name)} = ${value("polygon" in one ? one.polygon : [])}`;
    if (drawn[key].length) tables.push([`[${top}.${key}]`, ...drawn[key].map(line)]);
  }
  if (drawn.floor !== null) {
    const {plan, metres_per_pixel, points, keys} = drawn.floor;
    const pairs = points.map(({image, plan}) => `    { image = ${value(image)}, plan = ${value(plan)} },`);
    tables.push([`[${top}.floor]`, `plan = ${value(plan)}`, `metres_per_pixel = ${metres_per_pixel}`, "points = [", ...pairs, "]", ...Object.entries(keys).map(pair)]);
  }
  const gone = /** @type {const} */ (["area", "staff_zones", "zones", "regions", "masks"]).filter((key) => before[key].length && !drawn[key].length);
  const remarks = gone.map((key) => `# Nothing is left in ${key}: take it out of heatcli.toml.`);
  if (before.floor !== null && drawn.floor === null) remarks.push("# Nothing is left of floor: take it out of heatcli.toml.");
  for (const [name, places] of Object.entries(named)) {
    const now = [...drawn.zones, ...drawn.regions].find(({was}) => was === name);
    const what = now === undefined ? "which is gone" : `which is ${tomlString(now.name)} now`;
    if (now?.name !== name) remarks.push(`# ${places.join(", ")}: names ${tomlString(name)}, ${what}.`);
  }
  return [remarks, ...tables].filter((lines) => lines.length).map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** @param {DrawnShape} one */
function zone({name, was, keys, ...geometry}) {
  return pair([name, {...geometry, ...keys}]);
}

/**
 * Write a key with its value.
 * @param {[string, unknown]} said
 */
function pair([key, said]) {
  return `${tomlKey(key)} = ${value(said)}`;
}

/**
 * Write a text, a number, a list, or a table.
 * @param {unknown} said
 * @returns {string}
 */
function value(said) {
  if (Array.isArray(said)) return `[${said.map(value).join(", ")}]`;
  if (typeof said === "object" && said !== null) return `{ ${Object.entries(said).map(pair).join(", ")} }`;
  return typeof said === "string" ? tomlString(said) : String(said);
}
