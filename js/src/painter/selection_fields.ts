// What belongs to selecting: the wand's tolerance while it is chosen, and a row that grows, shrinks and smooths the edge.

import { button, h, on } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Asked } from "../pixels/ops";
import type { Brush } from "./brush";

const EDGES = ["grow", "shrink", "smooth"] as const;

export class WandFields {
  readonly element: HTMLElement;
  readonly #brush: Brush;

  /** `changed` is called when the slider is let go or the choice is turned: what was picked last can be picked anew. */
  constructor(brush: Brush, texts: Texts, changed: () => void, signal: AbortSignal) {
    this.#brush = brush;
    const label = text(texts, "tolerance");
    const shown = h("output", { class: "bn-number" }, String(brush.tolerance));
    const slider = h("input", { type: "range", class: "bn-slider bn-tolerance", min: "0", max: "255", step: "1", value: String(brush.tolerance), title: label, label });
    on(slider, "input", () => {
      brush.tolerance = slider.valueAsNumber;
      shown.textContent = slider.value;
    }, signal);
    on(slider, "change", changed, signal);
    const contiguous = h("input", { type: "checkbox" });
    contiguous.checked = brush.contiguous;
    on(contiguous, "change", () => {
      brush.contiguous = contiguous.checked;
      changed();
    }, signal);
    this.element = h("div", { class: "bn-row bn-box" },
      h("label", { class: "bn-group" }, h("span", { class: "bn-caption" }, label), slider, shown),
      h("label", { class: "bn-group" }, contiguous, h("span", {}, text(texts, "contiguous"))));
    this.refresh();
  }

  refresh(): void {
    this.element.hidden = this.#brush.tool !== "wand";
  }
}

export class EdgeFields {
  readonly element: HTMLElement;

  constructor(longest: number, texts: Texts, ask: (op: Asked) => void, signal: AbortSignal) {
    const label = text(texts, "edge_px");
    const px = h("input", { type: "number", class: "bn-text bn-box-field", label, title: label, value: String(Math.max(2, Math.round(longest / 200))), min: "0", max: String(longest), step: "1" });
    const go = (op: (typeof EDGES)[number]) => {
      if (px.validity.valid && px.valueAsNumber > 0) ask({ op, px: px.valueAsNumber });
    };
    this.element = h("div", { class: "bn-row bn-box", hidden: "" },
      h("label", { class: "bn-group" }, h("span", { class: "bn-caption" }, label), px),
      ...EDGES.map((op) => button(text(texts, `${op}_title`), text(texts, op), () => go(op), signal)));
  }

  toggle(): boolean {
    this.element.hidden = !this.element.hidden;
    return !this.element.hidden;
  }
}
