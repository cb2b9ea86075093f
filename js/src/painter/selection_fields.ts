// What belongs to selecting: the choices of wand and lasso while they are chosen, and a row that grows, shrinks and smooths the edge.

import { button, h, on } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Asked } from "../pixels/ops";
import type { Brush } from "./brush";
import type { Trial } from "./trial";

type Edge = Extract<Asked, { readonly px: number }>;

const EDGES = ["grow", "shrink", "smooth"] as const;

export class WandFields {
  readonly element: HTMLElement;
  readonly #brush: Brush;

  constructor(brush: Brush, texts: Texts, trial: Trial, signal: AbortSignal) {
    this.#brush = brush;
    const label = text(texts, "tolerance");
    const shown = h("output", { class: "bn-number" }, String(brush.tolerance));
    const slider = h("input", { type: "range", class: "bn-slider bn-tolerance", min: "0", max: "255", step: "1", value: String(brush.tolerance), title: label, label });
    on(slider, "input", () => {
      brush.tolerance = slider.valueAsNumber;
      shown.textContent = slider.value;
      trial.turn({ tolerance: brush.tolerance });
    }, signal);
    on(slider, "change", () => trial.settle(), signal);
    const contiguous = h("input", { type: "checkbox" });
    contiguous.checked = brush.contiguous;
    on(contiguous, "change", () => {
      brush.contiguous = contiguous.checked;
      trial.turn({ contiguous: brush.contiguous });
      trial.settle();
    }, signal);
    this.element = h("div", { class: "bn-row bn-box" },
      h("label", { class: "bn-group" }, h("span", { class: "bn-caption" }, label), slider, shown),
      h("label", { class: "bn-group" }, contiguous, h("span", {}, text(texts, "contiguous"))));
    this.refresh();
  }

  refresh(looking = false): void {
    this.element.hidden = looking || this.#brush.tool !== "wand";
  }
}

export class LassoFields {
  readonly element: HTMLElement;
  readonly #brush: Brush;
  readonly #edges = h("input", { type: "checkbox" });
  readonly #hint: HTMLElement;

  constructor(brush: Brush, texts: Texts, signal: AbortSignal) {
    this.#brush = brush;
    this.#hint = h("span", { class: "bn-hint" }, text(texts, "edges_hint"));
    on(this.#edges, "change", () => {
      brush.edges = this.#edges.checked;
      this.refresh();
    }, signal);
    const label = h("label", { class: "bn-group" }, this.#edges, h("span", {}, `${text(texts, "edges")} (S)`));
    this.element = h("div", { class: "bn-row bn-box" }, label, this.#hint);
    this.refresh();
  }

  refresh(looking = false): void {
    this.element.hidden = looking || this.#brush.tool !== "lasso";
    this.#edges.checked = this.#brush.edges;
    this.#hint.hidden = !this.#brush.edges;
  }
}

/** Pixels on the slider; the field beside it takes more. */
const SLIDER_MOST = 64;

export class EdgeFields {
  readonly element: HTMLElement;
  readonly #px: HTMLInputElement;
  readonly #buttons: ReadonlyMap<string, HTMLButtonElement>;

  /** `begin` starts one of the three; `trial` does it anew with another number, as long as nothing else is done. */
  constructor(longest: number, texts: Texts, begin: (op: Edge) => void, trial: Trial, signal: AbortSignal) {
    const label = text(texts, "edge_px");
    const first = String(Math.max(2, Math.round(longest / 200)));
    const px = (this.#px = h("input", { type: "number", class: "bn-text bn-box-field", label, title: label, value: first, min: "0", max: String(longest), step: "1" }));
    const slider = h("input", { type: "range", class: "bn-slider", label, title: label, value: first, min: "1", max: String(SLIDER_MOST), step: "1" });
    on(px, "input", () => {
      if (!this.#valid) return;
      slider.value = px.value;
      trial.turn({ px: px.valueAsNumber });
    }, signal);
    on(slider, "input", () => {
      px.value = slider.value;
      trial.turn({ px: px.valueAsNumber });
    }, signal);
    for (const field of [px, slider]) on(field, "change", () => trial.settle(), signal);
    const go = (op: Edge["op"]) => {
      if (this.#valid) begin({ op, px: px.valueAsNumber });
    };
    this.#buttons = new Map(EDGES.map((op) => [op, button(text(texts, `${op}_title`), text(texts, op), () => go(op), signal)]));
    this.element = h("div", { class: "bn-row bn-box", hidden: "" },
      h("label", { class: "bn-group" }, h("span", { class: "bn-caption" }, label), px),
      slider,
      ...this.#buttons.values());
  }

  get #valid(): boolean {
    return this.#px.validity.valid && this.#px.valueAsNumber > 0;
  }

  toggle(): boolean {
    this.element.hidden = !this.element.hidden;
    return !this.element.hidden;
  }

  /** Show which of the three the number still turns. */
  refresh(live: Asked | null): void {
    for (const [op, node] of this.#buttons) node.setAttribute("aria-pressed", String(op === live?.op));
  }
}
