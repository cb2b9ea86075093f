// The viewer's row for comparing: the modes, the other picture, and the slider of the current mode.

import { NO_SHORTCUTS, button, h, on, setText } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Mode } from "./compare";
import { MODES } from "./compare";

const LETTERS: Partial<Record<Mode, string>> = { diff: " (D)" };

export interface CompareActions {
  readonly toggleMode: (mode: Mode) => void;
  readonly compareWith: (base: string) => void;
  readonly slide: (value: number) => void;
  readonly swap: () => void;
}

export interface Option {
  readonly id: string;
  readonly name: string;
}

export class CompareBar {
  readonly element: HTMLElement;
  readonly #texts: Texts;
  readonly #modes = new Map<Mode, HTMLButtonElement>();
  readonly #with = h("select", { ...NO_SHORTCUTS, class: "bn-with" });
  readonly #amount = h("input", { type: "range", class: "bn-slider bn-amount", min: "0", max: "100", step: "1" });
  readonly #amountLabel = h("span", {});
  readonly #withRow: HTMLElement;
  readonly #amountRow: HTMLElement;
  readonly #swap: HTMLButtonElement;
  #shownOptions = "";

  constructor(texts: Texts, actions: CompareActions, signal: AbortSignal) {
    this.#texts = texts;
    for (const mode of MODES) {
      const label = text(texts, `mode ${mode}`);
      const node = button(label, label, () => actions.toggleMode(mode), signal, { title: text(texts, `mode ${mode} title`) + (LETTERS[mode] ?? ""), "aria-pressed": "false" });
      this.#modes.set(mode, node);
    }
    on(this.#with, "change", () => actions.compareWith(this.#with.value), signal);
    on(this.#amount, "input", () => actions.slide(Number(this.#amount.value) / 100), signal);
    this.#swap = button(text(texts, "swap"), text(texts, "swap"), actions.swap, signal, { title: text(texts, "swap title") });
    this.#withRow = h("label", { class: "bn-set" }, text(texts, "compare_with"), this.#with);
    this.#amountRow = h("label", { class: "bn-set" }, this.#amountLabel, this.#amount);
    const modes = h("div", { class: "bn-modes", role: "group", label: text(texts, "compare") }, ...this.#modes.values());
    this.element = h("div", { class: "bn-row bn-compare" }, modes, this.#withRow, this.#amountRow, this.#swap);
  }

  /** Show the mode, null for none; `amount` is its slider's value, null without one; `both`: there are two pictures to compare. */
  show(mode: Mode | null, base: string, options: readonly Option[], amount: number | null, both: boolean): void {
    for (const [each, node] of this.#modes) node.setAttribute("aria-pressed", String(each === mode));
    this.#withRow.hidden = mode === null;
    const spelled = JSON.stringify(options);
    if (spelled !== this.#shownOptions) {
      this.#shownOptions = spelled;
      this.#with.replaceChildren(...options.map(({ id, name }) => h("option", { value: id }, name)));
    }
    this.#with.value = base;
    this.#amountRow.hidden = amount === null;
    if (amount !== null) {
      this.#amount.value = String(Math.round(amount * 100));
      setText(this.#amountLabel, mode === "diff" ? text(this.#texts, "gain", { gain: Math.round(1 + 15 * amount) }) : text(this.#texts, mode === "overlay" ? "opacity" : "divider"));
    }
    this.#swap.hidden = mode !== "blink" || !both;
  }
}
