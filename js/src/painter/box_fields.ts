// A rectangle or ellipse by its numbers, for those who do not paint with a pointer; shown while such a tool is chosen.

import { button, h, on } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Op } from "../pixels/ops";
import { snap } from "../pixels/stroke";
import type { Brush } from "./brush";
import type { Size } from "./geometry";

/** The op of two corners in any order; null where a number is missing or the box is empty. */
export function boxOp(tool: "rect" | "ellipse", given: readonly number[], erase: boolean): Op | null {
  const [ax, ay, bx, by] = given.map(snap);
  if (ax === undefined || ay === undefined || bx === undefined || by === undefined) return null;
  if (!given.every(Number.isFinite) || ax === bx || ay === by) return null;
  return { op: tool, box: [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)], erase };
}

export class BoxFields {
  readonly element: HTMLElement;
  readonly #brush: Brush;

  constructor(picture: Size, brush: Brush, texts: Texts, paint: (op: Op) => void, signal: AbortSignal) {
    this.#brush = brush;
    const values = [0, 0, picture.width, picture.height];
    const fields = ["x0", "y0", "x1", "y1"].map((name, k) => h("input", { type: "number", class: "bn-text bn-box-field", label: name, title: name, value: String(values[k]) }));
    const add = () => {
      const { tool, erase } = brush;
      const op = tool === "rect" || tool === "ellipse" ? boxOp(tool, fields.map((field) => field.valueAsNumber), erase) : null;
      if (op) paint(op);
    };
    for (const field of fields) on(field, "keydown", (event) => event.key === "Enter" && add(), signal);
    this.element = h("div", { class: "bn-row bn-box" }, "x0 y0 x1 y1", ...fields, button(text(texts, "add"), text(texts, "add"), add, signal));
    this.refresh();
  }

  /** `looking`: an attempt is shown, so no tool is at work. */
  refresh(looking = false): void {
    this.element.hidden = looking || (this.#brush.tool !== "rect" && this.#brush.tool !== "ellipse");
  }
}
