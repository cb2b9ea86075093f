// The row of buttons and sliders above the picture; it shows the brush and tells the view what was pressed.

import { button, h, icon, on } from "../page/dom";
import { ICONS } from "../page/icons";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Brush } from "./brush";
import type { Command, Tool } from "./keys";
import { OneRow } from "./one_row";

const TOOLS: readonly (readonly [Tool, string])[] = [
  ["lasso", "L"],
  ["polygon", "P"],
  ["rect", "U"],
  ["ellipse", "O"],
  ["fill", "G"],
  ["wand", "W"],
];

/** In a narrow cell, the first of them leave the row first. */
const LEAVE: readonly Tool[] = ["polygon", "fill", "ellipse", "rect", "wand", "lasso"];

export class Toolbar {
  readonly element: HTMLElement;
  readonly #brush: Brush;
  readonly #tools = new Map<string, HTMLButtonElement>();
  readonly #undo: HTMLButtonElement;
  readonly #redo: HTMLButtonElement;
  readonly #size: HTMLInputElement;
  readonly #sizeText: HTMLElement;
  readonly #edge: HTMLButtonElement;
  readonly #labels = new Map<string, string>();
  readonly #erases: string;
  readonly #row: OneRow;
  #looking = false;
  #pressed = "";

  constructor(brush: Brush, texts: Texts, run: (command: Command | "clear" | "code" | "edge") => void, redraw: () => void, zoom: HTMLElement, signal: AbortSignal) {
    this.#brush = brush;
    this.#erases = text(texts, "erases");
    const make = (key: string, name: string, path: string, command: Command | "clear" | "edge") =>
      button(key ? `${text(texts, name)} (${key})` : text(texts, name), icon(path), () => run(command), signal);
    const tool = (name: string, key: string, path: string, command: Command) => {
      const node = make(key, name, path, command);
      this.#tools.set(name, node);
      this.#labels.set(name, node.title);
      return node;
    };
    const slider = (name: string, value: number, input: (value: number) => void) => {
      const label = text(texts, name);
      const node = h("input", { type: "range", class: "bn-slider", min: "0", max: "100", step: "1", value: String(Math.round(value)), title: label, label });
      on(node, "input", () => input(Number(node.value)), signal);
      return node;
    };
    this.#undo = make("Ctrl+Z", "undo", ICONS.undo, { do: "undo" });
    this.#redo = make("Ctrl+Shift+Z", "redo", ICONS.redo, { do: "redo" });
    this.#edge = make("", "edge", ICONS.edge, "edge");
    this.#sizeText = h("output", { class: "bn-number" });
    this.#size = slider("size", brush.slider, (value) => {
      brush.slider = value;
      redraw();
      this.refresh(this.#undo.disabled, this.#redo.disabled, this.#looking);
    });
    const opacity = slider("opacity", brush.opacity * 100, (value) => {
      brush.opacity = value / 100;
      redraw();
    });
    const shapes = TOOLS.map(([name, key]) => tool(name, key, ICONS[name as keyof typeof ICONS], { do: "tool", tool: name }));
    const size = h("span", { class: "bn-group" }, this.#size, this.#sizeText);
    const whole = [make("", "clear", ICONS.clear, "clear"), make("Shift+V", "invert", ICONS.invert, { do: "invert" }), this.#edge];
    const fit = make("0", "fit", ICONS.fit, { do: "fit" });
    const actual = button(`${text(texts, "actual")} (1)`, "1:1", () => run({ do: "actual" }), signal);
    const veil = h("label", { class: "bn-group bn-caption" }, icon(ICONS.eye), opacity);
    const code = button(text(texts, "code"), icon(ICONS.code), () => run("code"), signal);
    const help = button(`${text(texts, "help")} (?)`, "?", () => run({ do: "help" }), signal);
    const more = button(text(texts, "more_tools"), icon(ICONS.more), () => undefined, signal, { class: "bn-button bn-more" });
    const bar = h(
      "div",
      { class: "bn-bar", role: "toolbar", label: text(texts, "tools") },
      h("span", { class: "bn-group" },
        tool("brush", "B", ICONS.brush, { do: "tool", tool: "brush", erase: false }),
        tool("eraser", "E", ICONS.eraser, { do: "tool", tool: "brush", erase: true })),
      h("span", { class: "bn-group" }, ...shapes),
      size,
      h("span", { class: "bn-group" }, this.#undo, this.#redo),
      h("span", { class: "bn-group" }, ...whole),
      h("span", { class: "bn-group" }, fit, actual, zoom),
      veil,
      h("span", { class: "bn-group bn-last" }, code, help),
      more,
    );
    this.element = h("div", { class: "bn-bar-place" }, bar);
    this.#row = new OneRow(this.element, bar, more, [code, veil, help, ...whole, zoom, actual, fit, ...LEAVE.map((name) => this.#tools.get(name)!), size], signal);
    this.refresh(true, true);
  }

  set edging(shown: boolean) {
    this.#edge.setAttribute("aria-pressed", String(shown));
    this.#row.fit();
  }

  /** One button is pressed: the tool's, or the eraser's for a brush that erases. `looking`: an attempt is shown, so no tool is at work. */
  refresh(nothingToUndo: boolean, nothingToRedo: boolean, looking = false): void {
    this.#looking = looking;
    const { tool, erase, size, slider } = this.#brush;
    for (const [name, node] of this.#tools) {
      const pressed = name === (tool === "brush" && erase ? "eraser" : tool);
      node.setAttribute("aria-pressed", String(pressed && !looking));
      node.classList.toggle("bn-erases", pressed && erase);
      const label = this.#labels.get(name) ?? name;
      node.setAttribute("aria-label", pressed && erase && name !== "eraser" ? `${label}, ${this.#erases}` : label);
    }
    this.#undo.disabled = nothingToUndo;
    this.#redo.disabled = nothingToRedo;
    this.#size.value = String(Math.round(slider));
    this.#sizeText.textContent = `${size} px`;
    if (this.#pressed === tool) return;
    this.#pressed = tool;
    this.#row.fit();
  }
}
