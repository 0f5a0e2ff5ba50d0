// Which cameras the filters leave, and which of those are shown.

import {readNames} from "./names.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./state.js").Choices} Choices */

/**
 * Whether search, location, label and view leave a camera.
 * @param {Camera} camera
 * @param {Choices} now
 * @returns {boolean}
 */
export function isListed({about, report}, now) {
  const view = report.views.find((one) => one.name === now.view);
  return (
    about.name.toLowerCase().includes(now.search.trim().toLowerCase()) &&
    (!now.location || about.location === now.location) &&
    (!now.label || about.labels.includes(now.label)) &&
    (!view || view.cameras.includes(about.name))
  );
}

/**
 * Whether a camera is shown: the filters leave it, and it is among those that were picked, if any were.
 * @param {Camera} camera
 * @param {Choices} now
 * @returns {boolean}
 */
export function isShown(camera, now) {
  const picked = readNames(now.picked);
  return isListed(camera, now) && (!picked.length || picked.includes(camera.about.name));
}
