// The viewer's row for comparing: the ways, the other picture, and what the present way can be set by.

import { QUIET, button, h, on, setText } from "../page/dom";
import type { Texts } from "../page/link";
import { text } from "../page/link";
import type { Mode } from "./compare";
import { MODES } from "./compare";

const LETTERS: Partial<Record<Mode, string>> = { diff: " (D)" };

export interface Deeds {
  readonly press: (mode: Mode) => void;
  readonly against: (base: string) => void;
  readonly slide: (value: number) => void;
  readonly swap: () => void;
}

export interface Choice {
  readonly id: string;
  readonly name: string;
}

export class CompareBar {
  readonly element: HTMLElement;
  readonly #texts: Texts;
  readonly #modes = new Map<Mode, HTMLButtonElement>();
  readonly #with = h("select", { ...QUIET, class: "bn-with" });
  readonly #amount = h("input", { type: "range", class: "bn-slider bn-amount", min: "0", max: "100", step: "1" });
  readonly #says = h("span", {});
  readonly #against: HTMLElement;
  readonly #set: HTMLElement;
  readonly #swap: HTMLButtonElement;
  #options = "";

  constructor(texts: Texts, deeds: Deeds, signal: AbortSignal) {
    this.#texts = texts;
    for (const mode of MODES) {
      const say = text(texts, `mode ${mode}`);
      const made = button(say, say, () => deeds.press(mode), signal, { title: text(texts, `mode ${mode} title`) + (LETTERS[mode] ?? ""), "aria-pressed": "false" });
      this.#modes.set(mode, made);
    }
    on(this.#with, "change", () => deeds.against(this.#with.value), signal);
    on(this.#amount, "input", () => deeds.slide(Number(this.#amount.value) / 100), signal);
    this.#swap = button(text(texts, "swap"), text(texts, "swap"), deeds.swap, signal, { title: text(texts, "swap title") });
    this.#against = h("label", { class: "bn-set" }, text(texts, "compare_with"), this.#with);
    this.#set = h("label", { class: "bn-set" }, this.#says, this.#amount);
    const modes = h("div", { class: "bn-modes", role: "group", label: text(texts, "compare") }, ...this.#modes.values());
    this.element = h("div", { class: "bn-row bn-compare" }, modes, this.#against, this.#set, this.#swap);
  }

  /** Show the way, null for none; `amount` where it has one, `both` when two pictures are there to be compared. */
  show(mode: Mode | null, base: string, options: readonly Choice[], amount: number | null, both: boolean): void {
    for (const [each, node] of this.#modes) node.setAttribute("aria-pressed", String(each === mode));
    this.#against.hidden = mode === null;
    const spelled = JSON.stringify(options);
    if (spelled !== this.#options) {
      this.#options = spelled;
      this.#with.replaceChildren(...options.map(({ id, name }) => h("option", { value: id }, name)));
    }
    this.#with.value = base;
    this.#set.hidden = amount === null;
    if (amount !== null) {
      this.#amount.value = String(Math.round(amount * 100));
      setText(this.#says, text(this.#texts, mode === "overlay" ? "opacity" : "divider"));
    }
    this.#swap.hidden = mode !== "blink" || !both;
  }
}
