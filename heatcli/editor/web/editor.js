// The page on which zones are drawn: picture, tools, list, and the text or the file that has them in the end.

import {byId, copy, make} from "../../report/page/web/dom.js";
import {floorMistake, mistakeOf} from "./checks.js";
import {Model} from "./model.js";
import {Pen} from "./pen.js";
import {PlanPen} from "./plan.js";
import {Scene} from "./scene.js";
import {Side} from "./side.js";
import {tomlOf} from "./toml.js";

/** @typedef {import("./drawing.d.ts").Content} Content */
/** @typedef {import("./drawing.d.ts").Plan} Plan */
/** @typedef {import("./drawing.d.ts").Tool} Tool */

/** @type {[Tool, string, string, string][]} tool, key, name, what to do with it. */
const TOOLS = [
  ["select", "V", "Select", "Click a shape to select it, drag it or its corners to move them; drag a small dot to add a corner. Arrow keys move what is selected (Shift: finely), + and − change a circle, Del removes it."],
  ["polygon", "P", "Zone", "Click corner after corner; the first one, a double click or Enter closes it. Drag for a rectangle. Backspace takes a corner back, Esc gives up. With keys: arrows move, Space sets a corner."],
  ["circle", "C", "Circle", "Press in the middle and drag to the rim, or click both."],
  ["line", "L", "Line", "Drag from one end to the other, or click both. People are counted both ways; the arrow goes from left to right."],
  ["region", "R", "Region", "A part of the picture for --roi and detection areas. Click corner after corner, or drag for a rectangle."],
  ["mask", "M", "Mask", "A part of the picture that stays black: screens, windows, what must not be recorded. Click corner after corner, or drag for a rectangle."],
  ["point", "F", "Floor point", "Click a place on the floor, such as the foot of a shelf, and then the same place on the plan. Four at least, six or eight are better, spread over the floor."],
];

/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (byId(id));
/** @param {string} id */
const button = (id) => /** @type {HTMLButtonElement} */ (byId(id));

/** Start the page. */
export function start() {
  /** @type {Content} */
  const content = JSON.parse(byId("data").textContent ?? "");
  new Editor(content).begin();
  document.documentElement.dataset.ready = "";
}

class Editor {
  /** @param {Content} content */
  constructor(content) {
    this.content = content;
    this.model = new Model(content.drawn, () => this.soon());
    this.scene = new Scene(byId("scene"), `Picture of ${content.camera}, to draw on`);
    this.planScene = new Scene(byId("plan"), "Floor plan");
    this.pen = new Pen(this.scene, this.model, {drawn: () => this.#typeName(), draws: () => this.soon()});
    this.planPen = new PlanPen(this.planScene, this.model);
    this.side = new Side(this.model, content.named, () => this.scene.svg.focus());
    this.scene.redraw = this.planScene.redraw = () => this.draw();
    this.isWaiting = false;
    this.isSaving = false;
    /** @type {?{token: string, base: string}} */
    this.save = content.save;
    this.copied = "";
    /** @type {Map<Tool, HTMLButtonElement>} */
    this.tools = new Map();
  }

  begin() {
    const {content} = this;
    byId("title").textContent = `Zones of ${content.camera}`;
    byId("covered").textContent = content.about;
    byId("warnings").replaceChildren(...content.warnings.map((text) => make("p", {class: "notice"}, text)));
    this.scene.show(content.plate, content.aspect);
    if (content.plan !== null) this.#showPlan(content.plan);
    for (const [tool, key, name] of TOOLS) {
      const made = make("button", {type: "button", "data-tool": tool, "aria-keyshortcuts": key, onclick: () => this.take(tool)}, make("i", {class: `swatch ${tool}`}), name, make("kbd", {}, key));
      this.tools.set(tool, made);
      byId("tools").append(made);
    }
    this.#listen();
    this.take("select");
    this.draw();
  }

  #listen() {
    const {model} = this;
    button("undo").addEventListener("click", () => model.undo());
    button("redo").addEventListener("click", () => model.redo());
    button("copy").addEventListener("click", () => this.#copy());
    button("save").addEventListener("click", () => this.#save());
    input("plan-path").addEventListener("change", ({target}) => model.change((state) => (state.plan = /** @type {HTMLInputElement} */ (target).value.trim())));
    input("metres").addEventListener("change", ({target}) => model.change((state) => (state.metres = /** @type {HTMLInputElement} */ (target).valueAsNumber || null)));
    input("plan-file").addEventListener("change", () => this.#choosePlan());
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("beforeunload", (event) => {
      if (model.isChanged && this.copied !== this.text) event.preventDefault();
    });
  }

  /** Let the user go on with the name of what was just drawn. */
  #typeName() {
    this.draw();
    this.side.typeName();
  }

  /** @param {Tool} tool */
  take(tool) {
    this.pen.take(tool);
    if (tool !== "select") this.model.select(null);
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const isTyped = /** @type {Element} */ (event.target).matches("input:not([type=checkbox]), textarea");
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const isCommand = event.ctrlKey || event.metaKey;
    const tool = TOOLS.find(([, letter]) => letter === key)?.[0];
    if (isTyped || event.altKey) return;
    if (isCommand && key === "Z") event.shiftKey ? this.model.redo() : this.pen.back() || this.model.undo();
    else if (isCommand && key === "Y") this.model.redo();
    else if (isCommand && key === "S" && this.save !== null) this.#save();
    else if (isCommand) return;
    else if (key === "Escape") this.#escape();
    else if ((key === "Delete" || key === "Backspace") && !this.pen.isDrawing) this.model.remove();
    else if (tool !== undefined) {
      this.take(tool);
      this.scene.svg.focus({preventScroll: true});
    } else return;
    event.preventDefault();
  }

  #escape() {
    if (this.pen.cancel()) this.draw();
    else this.model.select(this.model.corner === null ? null : this.model.selected);
  }

  /** Draw once in the next frame, however much changes before it. */
  soon() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  /** @returns {string} */
  get text() {
    return tomlOf(this.content.camera, this.model.drawn, this.content.drawn, this.content.named);
  }

  /** @returns {string[]} what has to be mended first. */
  get mistakes() {
    const {items} = this.model.state;
    const wrong = items.flatMap((item) => {
      const mistake = mistakeOf(item, items);
      return mistake ? [`${item.name || `A ${item.kind}`}: ${mistake}`] : [];
    });
    return [...wrong, floorMistake(this.model.state)].filter((text) => text);
  }

  draw() {
    const {model, scene, pen} = this;
    const {items, points} = model.state;
    for (const [tool, made] of this.tools) made.setAttribute("aria-pressed", String(tool === pen.tool));
    scene.host.dataset.tool = pen.tool;
    byId("help").textContent = TOOLS.find(([tool]) => tool === pen.tool)?.[3] ?? "";
    const isFloor = pen.tool === "point" || model.point !== null;
    byId("pictures").dataset.floor = String(isFloor);
    byId("floor").hidden = !isFloor;
    scene.clear();
    // What is selected lies on top.
    const order = [...items].sort((one, other) => Number(one.id === model.selected) - Number(other.id === model.selected));
    for (const item of order) scene.shape(item, {isSelected: item.id === model.selected, corner: model.corner, isWrong: mistakeOf(item, items) !== ""});
    for (const item of order.reverse()) scene.name(item, item.id === model.selected);
    points.forEach((point, at) => scene.point(point, point.image, at + 1, point.id === model.selected));
    pen.draw();
    if (isFloor) {
      this.planScene.clear();
      this.planPen.draw();
      this.#drawFloor();
    }
    this.side.draw();
    this.#drawEnd();
  }

  #drawFloor() {
    const {plan, metres} = this.model.state;
    if (document.activeElement !== byId("plan-path")) input("plan-path").value = plan;
    if (document.activeElement !== byId("metres")) input("metres").value = metres === null ? "" : String(metres);
    byId("plan").hidden = !this.planScene.picture.src;
  }

  #drawEnd() {
    const {model, save} = this;
    const {mistakes} = this;
    button("undo").disabled = !model.past.length;
    button("redo").disabled = !model.future.length;
    byId("toml").textContent = this.text || "# Nothing is drawn yet.\n";
    byId("mistakes").replaceChildren(...mistakes.map((text) => make("li", {}, text)));
    button("save").hidden = save === null;
    button("save").disabled = this.isSaving || mistakes.length > 0 || !model.isChanged;
    button("save").textContent = `Save to ${this.content.file}`;
    button("copy").disabled = mistakes.length > 0;
    byId("paste").textContent = save === null ? `Put these tables into ${this.content.file ?? "heatcli.toml"}, in place of those of the same name; what stands under [cameras.…] goes under the header that is there already.` : model.isChanged ? "There are changes that are not saved." : "The file says what is drawn.";
  }

  async #copy() {
    const {text} = this;
    const isCopied = await copy(text);
    if (isCopied) this.copied = text;
    else getSelection()?.selectAllChildren(byId("toml"));
    this.#tell(isCopied ? "Copied." : "The browser did not allow it: the text is selected, copy it with the keyboard.");
  }

  async #save() {
    const {save, model} = this;
    if (save === null || this.isSaving || this.mistakes.length || !model.isChanged) return;
    this.isSaving = true;
    this.draw();
    const {token, base} = save;
    // The user goes on drawing while this is on its way.
    const sent = structuredClone(model.state);
    try {
      const answer = await fetch("save", {
        method: "POST",
        headers: {"Content-Type": "application/json", "X-Heatcli-Token": token},
        body: JSON.stringify({base, drawn: model.drawn}),
      });
      const said = await answer.json();
      if (answer.ok) {
        this.save = {token, base: said.base};
        model.markSaved(sent);
      }
      this.#tell(answer.ok ? said.told : `Not saved. ${said.error}`, !answer.ok);
    } catch {
      this.#tell("Not saved: heatcli does not answer. Is it still running? Copy the text, so that nothing is lost.", true);
    }
    this.isSaving = false;
    this.draw();
  }

  /** @param {string} text @param {boolean} [isError] */
  #tell(text, isError = false) {
    byId("told").textContent = text;
    byId("told").className = isError ? "mend" : "quiet";
  }

  #choosePlan() {
    const file = input("plan-file").files?.[0];
    if (file === undefined) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const picture = new Image();
      picture.addEventListener("load", () => {
        this.#showPlan({picture: picture.src, width: picture.naturalWidth, height: picture.naturalHeight});
        this.model.change((state) => (state.plan ||= file.name));
      });
      picture.addEventListener("error", () => this.#tell(`${file.name} is no picture that this browser can show.`, true));
      picture.src = String(reader.result);
    });
    reader.readAsDataURL(file);
  }

  /** @param {Plan} plan */
  #showPlan({picture, width, height}) {
    this.planPen.size = {width, height};
    this.planScene.show(picture, width / height);
    byId("plan").hidden = false;
  }
}
