// Making elements. Text from the outside goes in as text, never as markup.

// How often all numbers of a page are computed while a slider of time moves, in ms.
const SELDOM_MS = 120;

/**
 * Elements of page.html, by their ids, that have more to them than any element has.
 * @typedef {object} Elements
 * @property {HTMLSelectElement} view
 * @property {HTMLSelectElement} from
 * @property {HTMLSelectElement} to
 * @property {HTMLSelectElement} location
 * @property {HTMLSelectElement} label
 * @property {HTMLSelectElement} chart-field
 * @property {HTMLInputElement} search
 * @property {HTMLInputElement} outliers
 * @property {HTMLInputElement} outliers-here
 * @property {HTMLDetailsElement} rail
 * @property {HTMLInputElement} view-name
 * @property {HTMLDetailsElement} numbers
 * @property {HTMLTableElement} table
 */

/**
 * Type of the element with an id.
 * @template {string} Id
 * @typedef {Id extends keyof Elements ? Elements[Id] : HTMLElement} ElementOf
 */

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties] `class`, `on…` listeners, properties of the element where it has them,
 *   attributes otherwise; what is undefined or null is left out.
 * @param {...(Node|string|null)} children nodes, and strings that become text.
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name === "class") element.className = String(value);
    else if (name in element && !name.startsWith("aria")) Object.assign(element, {[name]: value});
    else element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * Find an element of the page by its id.
 * @template {string} Id
 * @param {Id} id
 * @returns {ElementOf<Id>}
 */
export function byId(id) {
  return /** @type {ElementOf<Id>} */ (document.getElementById(id));
}

/**
 * Put options into a list, and choose one.
 * @param {HTMLSelectElement} select
 * @param {Iterable<{value: string, text: string, disabled?: boolean}>} options
 * @param {string} chosen
 */
export function fillSelect(select, options, chosen) {
  select.replaceChildren(
    ...Array.from(options, ({value, text, disabled = false}) =>
      make("option", {value, textContent: text, disabled, selected: value === chosen}),
    ),
  );
  select.value = chosen;
}

/**
 * Let a function be called at once, but while it is asked for again and again only every so often, and at the end.
 * @template {unknown[]} Told
 * @param {(...told: Told) => void} call
 * @returns {(...told: Told) => void}
 */
function seldom(call) {
  let last = -Infinity;
  let timer = 0;
  return (...told) => {
    clearTimeout(timer);
    const wait = last + SELDOM_MS - performance.now();
    const now = () => {
      last = performance.now();
      call(...told);
    };
    if (wait <= 0) now();
    else timer = setTimeout(now, wait);
  };
}

/**
 * Make a slider with its name and a text of its value beside it.
 * @param {{name: string, min: number, max: number, step: number, value: number, text: (value: number) => string,
 *   change: (value: number) => void}} options
 * @returns {{element: HTMLElement, set: (value: number) => void}}
 */
export function slider({name, min, max, step, value, text, change}) {
  const shown = make("span");
  const input = make("input", {type: "range", min, max, step, "aria-label": name});
  const set = (/** @type {number} */ to) => {
    input.value = String(to);
    shown.textContent = text(Number(input.value));
    input.setAttribute("aria-valuetext", text(Number(input.value)));
  };
  input.addEventListener("input", () => {
    set(Number(input.value));
    change(Number(input.value));
  });
  set(value);
  return {element: make("label", {}, make("span", {}, `${name}: `, shown), input), set};
}

/**
 * Make a slider with two thumbs, for a range of whole numbers that holds one step at least.
 * @param {{name: string, first: string, last: string, min: number, max: number,
 *   text: (low: number, high: number) => string, end: (value: number) => string,
 *   change: (low: number, high: number) => void}} options `first` and `last` name the thumbs.
 * @returns {{element: HTMLElement, set: (low: number, high: number, min?: number, max?: number) => void}}
 */
export function rangeSlider({name, first, last, min, max, text, end, change}) {
  const shown = make("span");
  const low = make("input", {type: "range", step: 1, "aria-label": first});
  const high = make("input", {type: "range", step: 1, "aria-label": last});
  const track = make("span", {class: "track"}, low, high);
  const show = () => {
    const [from, to, span] = [Number(low.value), Number(high.value), Number(low.max) - Number(low.min)];
    track.style.setProperty("--low", String((from - Number(low.min)) / span));
    track.style.setProperty("--high", String((to - Number(low.min)) / span));
    shown.textContent = text(from, to);
    low.setAttribute("aria-valuetext", end(from));
    high.setAttribute("aria-valuetext", end(to));
    // Where both thumbs are at the far end, the lower one must be on top to be caught.
    low.style.zIndex = from >= Number(low.max) - 1 ? "2" : "";
  };
  const told = seldom(change);
  const set = (/** @type {number} */ from, /** @type {number} */ to, least = min, most = max) => {
    for (const input of [low, high]) Object.assign(input, {min: least, max: most});
    [low.value, high.value] = [String(from), String(to)];
    show();
  };
  low.addEventListener("input", () => {
    low.value = String(Math.min(Number(low.value), Number(high.value) - 1));
    show();
    told(Number(low.value), Number(high.value));
  });
  high.addEventListener("input", () => {
    high.value = String(Math.max(Number(high.value), Number(low.value) + 1));
    show();
    told(Number(low.value), Number(high.value));
  });
  set(min, max);
  const element = make("span", {class: "pair", role: "group", "aria-label": name}, make("span", {}, `${name}: `, shown), track);
  return {element, set};
}

/**
 * Put text on the clipboard.
 * @param {string} text
 * @returns {Promise<boolean>} true where the browser allowed it.
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
