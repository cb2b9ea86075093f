// How large the picture is shown, in per cent, and the whole screen for the painter.

import { button, h, icon, on } from "../page/dom";
import { ICONS } from "../page/icons";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Command } from "./keys";

/** The share that a field holds: "50", "50 %" and "50%" are a half; null where there is no number above 0. */
export function shareOf(typed: string): number | null {
  const value = Number(typed.replace("%", "").trim());
  return Number.isFinite(value) && value > 0 ? value / 100 : null;
}

export class ZoomFields {
  readonly element: HTMLElement;
  readonly #field: HTMLInputElement;
  #shown = "";

  constructor(texts: Texts, magnify: (to: number) => void, run: (command: Command) => void, signal: AbortSignal) {
    const label = text(texts, "zoom");
    const field = (this.#field = h("input", { type: "text", class: "bn-text bn-zoom", label, title: label }));
    field.inputMode = "numeric";
    const set = () => {
      const to = shareOf(field.value);
      field.value = this.#shown; // until it is shown otherwise
      if (to !== null) magnify(to);
    };
    on(field, "focus", () => field.select(), signal);
    on(field, "change", set, signal);
    on(field, "keydown", (event) => {
      if (event.key === "Enter") set();
    }, signal);
    const full = button(`${text(texts, "full_screen")} (F)`, icon(ICONS.full), () => run({ do: "full" }), signal);
    full.hidden = !document.fullscreenEnabled;
    this.element = h("span", { class: "bn-group" }, field, full);
  }

  show(magnification: number): void {
    const percent = 100 * magnification;
    this.#shown = `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
    this.#field.value = this.#shown;
  }

  /** Give the painter the whole screen, or the page back. */
  fullScreen(root: HTMLElement): void {
    if (!document.fullscreenEnabled) return;
    void (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
  }
}
