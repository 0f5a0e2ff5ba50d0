/** How often configured lines were crossed in what is chosen: as `heatcli/zones/lines.py` counts. */

/** @typedef {import("./choose.js").Choice} Choice */
/** @typedef {import("./content.d.ts").Crossings} Crossings */
/** @typedef {import("./content.d.ts").NoCrossings} NoCrossings */

/**
 * Count the crossings of each line.
 *
 * @param {Choice} choice
 * @param {number} lines number of lines
 * @returns {Array<Crossings | NoCrossings>}
 */
export function lineFigures({camera, pieces, hideOutliers, covered_us}, lines) {
  const {line, person, toRight, left, sure} = camera.crossings;
  const found = Array.from({length: lines}, () => ({left_to_right: 0, right_to_left: 0, persons: 0}));
  /** @type {Array<Set<number>>} */
  const persons = found.map(() => new Set());
  for (let i = 0; i < line.length; i++) {
    if (hideOutliers && camera.reasonOf[person[i]]) continue;
    // Whoever is not seen on both sides in the chosen time has not crossed the line in it.
    if (pieces?.slice(left[i], sure[i] + 1).includes(0)) continue;
    if (toRight[i]) found[line[i]].left_to_right++;
    else found[line[i]].right_to_left++;
    persons[line[i]].add(person[i]);
  }
  if (!covered_us) return found.map(() => ({left_to_right: null, right_to_left: null, persons: null}));
  return found.map((one, i) => ({...one, persons: persons[i].size}));
}
