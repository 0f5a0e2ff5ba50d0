// Lists of names in the address of the page: any text may be a name.

/**
 * Write names as one text.
 * @param {string[]} names
 * @returns {string}
 */
export function namesText(names) {
  return names.map(encodeURIComponent).join(",");
}

/**
 * Read what `namesText` wrote.
 * @param {string} text
 * @returns {string[]}
 */
export function readNames(text) {
  try {
    return text ? text.split(",").map(decodeURIComponent) : [];
  } catch {
    return []; // an address that somebody changed
  }
}

/**
 * Take a name into a list, or out of it.
 * @param {string} text
 * @param {string} name
 * @returns {string}
 */
export function toggledName(text, name) {
  const names = readNames(text);
  return namesText(names.includes(name) ? names.filter((one) => one !== name) : [...names, name].sort());
}
