// Heat as colours over the scene, and the legend that explains them; as `heatcli render` draws both.

import {make} from "./dom.js";
import {niceTicks, scaleText} from "./format.js";

// Just above the threshold the colour fades in over this part of the scale, so that heat has no hard outline.
const FADE = 0.05;
const LEVELS = 256;

/**
 * How heat looks.
 * @typedef {{colors: string, opacity: number, threshold: number}} Look `colors`: 256 times six hexadecimal digits.
 */

/**
 * Draw a grid over all of a canvas.
 * @param {HTMLCanvasElement} canvas canvas with the width and height of the drawing.
 * @param {{rows: number, columns: number, values: Float64Array}} grid
 * @param {number} end end of the scale; 0 where there is nothing to show.
 * @param {Look} look
 */
export function drawHeat(canvas, grid, end, look) {
  const {width, height} = canvas;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(width, height);
  if (end > 0) fillImage(new Uint32Array(image.data.buffer), width, height, grid, end, colorsOf(look));
  context.putImageData(image, 0, 0);
}

/**
 * Resample a grid to pixels, linearly between the centres of cells, and colour them.
 * @param {Uint32Array} pixels
 * @param {number} width
 * @param {number} height
 * @param {{rows: number, columns: number, values: Float64Array}} grid
 * @param {number} end
 * @param {Uint32Array} colors
 */
function fillImage(pixels, width, height, grid, end, colors) {
  const {rows, columns, values} = grid;
  const across = places(width, columns);
  const down = places(height, rows);
  const factor = (LEVELS - 1) / end;
  for (let y = 0, pixel = 0; y < height; y++) {
    const upper = down.below[y] * columns;
    const lower = Math.min(down.below[y] + 1, rows - 1) * columns;
    const v = down.part[y];
    for (let x = 0; x < width; x++, pixel++) {
      const left = across.below[x];
      const right = Math.min(left + 1, columns - 1);
      const u = across.part[x];
      const top = values[upper + left] * (1 - u) + values[upper + right] * u;
      const bottom = values[lower + left] * (1 - u) + values[lower + right] * u;
      const level = Math.round((top * (1 - v) + bottom * v) * factor);
      pixels[pixel] = colors[level > LEVELS - 1 ? LEVELS - 1 : level];
    }
  }
}

/**
 * Find for each pixel in a row the cell whose centre is before it, and how far it is on the way to the next one.
 * @param {number} pixels
 * @param {number} cells
 * @returns {{below: Int32Array, part: Float64Array}}
 */
function places(pixels, cells) {
  const below = new Int32Array(pixels);
  const part = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const place = Math.min(Math.max(((pixel + 0.5) * cells) / pixels - 0.5, 0), cells - 1);
    below[pixel] = Math.floor(place);
    part[pixel] = place - below[pixel];
  }
  return {below, part};
}

/**
 * Return the colours of the scale with how much of each shows, as pixels.
 * @param {Look} look
 * @returns {Uint32Array}
 */
function colorsOf({colors, opacity, threshold}) {
  const table = new Uint8ClampedArray(4 * LEVELS);
  for (let level = 0; level < LEVELS; level++) {
    for (let channel = 0; channel < 3; channel++) {
      table[4 * level + channel] = parseInt(colors.slice(6 * level + 2 * channel, 6 * level + 2 * channel + 2), 16);
    }
    table[4 * level + 3] = 255 * opacity * visibility(level / (LEVELS - 1), threshold);
  }
  return new Uint32Array(table.buffer);
}

/**
 * Say how much of the colour shows at a fraction of the scale, before opacity.
 * @param {number} fraction
 * @param {number} threshold
 * @returns {number}
 */
function visibility(fraction, threshold) {
  const fade = Math.min(FADE, threshold, 1 - threshold);
  if (fade <= 0) return fraction >= threshold ? 1 : 0;
  const rise = Math.min(Math.max((fraction - threshold) / fade, 0), 1);
  return rise * rise * (3 - 2 * rise);
}

/**
 * Make a legend: what the colours are, and their scale with round numbers.
 * @param {string} caption
 * @param {number} end end of the scale.
 * @param {boolean} isClipped whether there are values above the end.
 * @param {Look} look
 * @returns {Node[]}
 */
export function legend(caption, end, isClipped, look) {
  const ramp = make("canvas", {class: "ramp", width: LEVELS, height: 1, "aria-hidden": "true"});
  const context = /** @type {CanvasRenderingContext2D} */ (ramp.getContext("2d"));
  const image = context.createImageData(LEVELS, 1);
  new Uint32Array(image.data.buffer).set(colorsOf({...look, opacity: 1}));
  context.putImageData(image, 0, 0);
  const ticks = niceTicks(end, 6);
  // The end is written as well; a round number that would touch it gives way.
  const marks = [...ticks.filter((tick) => tick < 0.88 * end || tick === 0), ...(end > 0 ? [end] : [])].map((tick) => {
    const text = (isClipped && tick === end ? "≥ " : "") + scaleText(tick, end);
    const mark = make("span", {}, text);
    mark.style.left = `${end > 0 ? (100 * tick) / end : 0}%`;
    return mark;
  });
  return [make("p", {}, caption), ramp, make("div", {class: "ticks"}, ...marks)];
}
