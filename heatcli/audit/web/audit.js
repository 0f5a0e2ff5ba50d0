// The page of an audit: one question at a time, answered by keys. What was answered stays in the browser until
// it is saved as a file, which `heatcli audit --answers` reads.

/**
 * @typedef {{kind: "box" | "moment" | "person", hour: number, place: number | null, about: string, answer: string | null}} Question
 * @typedef {{camera: string, date: string, seed: number, clips: {clip: string, run: string}[], questions: Question[]}} Audit
 * @typedef {{audit: Audit, pictures: string[][], earlier: string[][], notes: string[], answers: Record<string, string[]>, file: string}} Content
 */

const QUESTIONS = {
  box: "Is there a person in the box?",
  moment: "Is everybody in a box?",
  person: "Is this one person, who was not counted before?",
};

const HELP = {
  box: "The whole picture, and below it the same place a second before, at that moment and a second after. Of two boxes on one person, the worse one is nobody. Two people: a second one is in this box, and in no other. Somebody may be hidden for a moment, as the line below says: right then means that somebody is there, behind something.",
  moment: "Green boxes are counted; grey ones are left out on purpose. Who is cut by the edge of the picture, or half hidden, counts as soon as you are sure that there is somebody.",
  person: "From coming to leaving. Two people: the box goes over from one to another who is not counted elsewhere. Came back: the same person was counted before; below are those who came just before.",
};

/** @type {Record<string, [string, string]>} */
const WORDS = {
  right: ["R", "Right"],
  nobody: ["N", "Nobody"],
  two: ["T", "Two people"],
  again: ["C", "Came back"],
  missed_1: ["M", "Somebody missed"],
  missed_2: ["2", "Two missed"],
  missed_3: ["3", "Three or more missed"],
  unclear: ["U", "Cannot tell"],
};

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/** @type {Content} */
const content = JSON.parse(part("data").textContent ?? "");
const {audit} = content;
const questions = audit.questions;
const key = `heatcli-audit-${audit.camera}-${audit.date}-${audit.seed}-${audit.clips.map((clip) => clip.run).join()}`;

/** @type {{at: number, before: string | null}[]} */
const done = [];
let at = 0;

/** Take up the answers that the browser has kept; they are for these questions, as the key says. */
function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
    if (!Array.isArray(kept)) return;
    questions.forEach((question, number) => {
      if (content.answers[question.kind].includes(kept[number])) question.answer = kept[number];
    });
  } catch {
    // Nothing is kept where the browser allows no storage.
  }
}

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify(questions.map((question) => question.answer)));
  } catch {
    // As above: the file still has everything.
  }
}

/** @param {number} from @returns {number} the next question without an answer, or -1 */
function nextOpen(from) {
  const order = questions.map((_, step) => (from + step) % questions.length);
  return order.find((number) => questions[number].answer === null) ?? -1;
}

/** @param {string} answer */
function give(answer) {
  done.push({at, before: questions[at].answer});
  questions[at].answer = answer;
  keep();
  const open = nextOpen(at);
  if (open >= 0) at = open;
  show();
}

function undo() {
  const last = done.pop();
  if (!last) return;
  at = last.at;
  questions[at].answer = last.before;
  keep();
  show();
}

/** @param {number} step */
function move(step) {
  at = Math.min(Math.max(at + step, 0), questions.length - 1);
  show();
}

function toOpen() {
  const open = nextOpen(at + 1);
  if (open >= 0) at = open;
  show();
}

/** @param {string} source @param {string} about */
function image(source, about) {
  const made = document.createElement("img");
  made.src = source;
  made.alt = about;
  return made;
}

/** @param {string} answer */
function answerButton(answer) {
  const button = document.createElement("button");
  const mark = document.createElement("kbd");
  const [letter, words] = WORDS[answer];
  mark.textContent = letter;
  button.type = "button";
  button.dataset.answer = answer;
  button.setAttribute("aria-pressed", String(questions[at].answer === answer));
  button.append(mark, questions[at].kind === "moment" && answer === "right" ? "Everybody is" : words);
  button.addEventListener("click", () => give(answer));
  return button;
}

function show() {
  const question = questions[at];
  const answered = questions.filter((one) => one.answer !== null).length;
  const bar = /** @type {HTMLProgressElement} */ (part("bar"));
  bar.max = questions.length;
  bar.value = answered;
  part("progress").textContent = `Question ${at + 1} of ${questions.length}, ${answered} answered`;
  part("question").textContent = QUESTIONS[question.kind];
  part("help").textContent = HELP[question.kind];
  part("answers").replaceChildren(...content.answers[question.kind].map(answerButton));
  const pictures = content.pictures[at].map((source, number) => image(source, `Picture ${number + 1}`));
  const whole = question.kind === "person" ? [] : pictures.splice(0, 1);
  const strip = document.createElement("div");
  strip.className = "strip";
  strip.append(...pictures);
  part("pictures").replaceChildren(...whole, ...(pictures.length ? [strip] : []));
  part("earlier").hidden = !content.earlier[at].length;
  part("before").replaceChildren(...content.earlier[at].map((source) => image(source, "Somebody who came before")));
  part("about").textContent = question.about;
  for (const [id, off] of /** @type {[string, boolean][]} */ ([
    ["back", at === 0],
    ["next", at === questions.length - 1],
    ["undo", !done.length],
    ["open", nextOpen(0) < 0],
  ])) {
    /** @type {HTMLButtonElement} */ (part(id)).disabled = off;
  }
  part("done").hidden = answered < questions.length;
  part("done").textContent = `All ${questions.length} questions are answered. Save the answers, then: heatcli audit --answers ${content.file}`;
}

function save() {
  const file = new Blob([JSON.stringify(audit, null, 1)], {type: "application/json"});
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = content.file;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** @type {Record<string, () => void>} */
const KEYS = {z: undo, Backspace: undo, ArrowLeft: () => move(-1), ArrowRight: () => move(1), " ": toOpen};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Space presses the button that has the focus.
  if (letter === " " && event.target instanceof HTMLButtonElement) return;
  const answer = content.answers[questions[at].kind].find((one) => WORDS[one][0].toLowerCase() === letter);
  const act = answer ? () => give(answer) : KEYS[letter];
  if (!act || event.repeat) return;
  event.preventDefault();
  act();
});
part("back").addEventListener("click", () => move(-1));
part("next").addEventListener("click", () => move(1));
part("undo").addEventListener("click", undo);
part("open").addEventListener("click", toOpen);
part("save").addEventListener("click", save);
part("notes").textContent = content.notes.join(" · ");
recall();
at = Math.max(nextOpen(0), 0);
show();
document.documentElement.dataset.ready = "";
