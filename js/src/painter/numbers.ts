// A rectangle or ellipse by its numbers, for those who do not paint with a pointer; shown while such a tool is in hand.

import { button, h, on } from "../page/dom";
import type { Texts } from "../page/link";
import { text } from "../page/link";
import type { Op } from "../pixels/ops";
import { snap } from "../pixels/stroke";
import type { Brush } from "./brush";
import type { Size } from "./geometry";

/** The op of four numbers in any order, or null where they are none or hold no area. */
export function boxOp(tool: "rect" | "ellipse", given: readonly number[], erase: boolean): Op | null {
  const [ax, ay, bx, by] = given.map(snap);
  if (ax === undefined || ay === undefined || bx === undefined || by === undefined) return null;
  if (!given.every(Number.isFinite) || ax === bx || ay === by) return null;
  return { op: tool, box: [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)], erase };
}

export class Numbers {
  readonly element: HTMLElement;
  readonly #brush: Brush;

  constructor(picture: Size, brush: Brush, texts: Texts, paint: (op: Op) => void, signal: AbortSignal) {
    this.#brush = brush;
    const start = [0, 0, picture.width, picture.height];
    const fields = ["x0", "y0", "x1", "y1"].map((name, k) => h("input", { type: "number", class: "bn-text bn-side", label: name, title: name, value: String(start[k]) }));
    const add = () => {
      const { tool, erase } = brush;
      const op = tool === "rect" || tool === "ellipse" ? boxOp(tool, fields.map((field) => field.valueAsNumber), erase) : null;
      if (op) paint(op);
    };
    for (const field of fields) on(field, "keydown", (event) => event.key === "Enter" && add(), signal);
    this.element = h("div", { class: "bn-row bn-numbers" }, "x0 y0 x1 y1", ...fields, button(text(texts, "add"), text(texts, "add"), add, signal));
    this.refresh();
  }

  refresh(): void {
    this.element.hidden = this.#brush.tool !== "rect" && this.#brush.tool !== "ellipse";
  }
}
