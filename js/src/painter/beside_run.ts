// Beside the Run button: how many pictures and what they cost, the seed, and what is not to be shown.

import { button, h, icon, on, setText } from "../page/dom";
import { ICONS } from "../page/icons";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";

/** What Python offers; `prices` are words, for one picture, two ... */
export interface Offer {
  readonly prices: readonly string[];
  readonly negative_prompt: boolean;
  readonly given: { readonly n: number; readonly seed: number | null; readonly negative_prompt: string };
}

/** What is sent with a run; a seed of null is a new one. */
export interface Chosen {
  readonly n: number;
  readonly seed: number | null;
  readonly negative_prompt?: string;
}

const LARGEST_SEED = 2147483647;

/** The seed that a field holds; null for an empty one and for what is no seed. */
export function seedOf(typed: string): number | null {
  const value = Number(typed);
  return typed.trim() !== "" && Number.isInteger(value) && value >= 0 && value <= LARGEST_SEED ? value : null;
}

export class BesideRun {
  readonly element: HTMLElement;
  readonly price = h("span", { class: "bn-price" });
  readonly #offer: Offer;
  readonly #n: HTMLSelectElement;
  readonly #seed: HTMLInputElement;
  readonly #negative: HTMLInputElement;
  readonly #lock: HTMLButtonElement;
  readonly #texts: Texts;
  #known: number | null = null;

  constructor(offer: Offer, texts: Texts, run: () => void, signal: AbortSignal) {
    this.#offer = offer;
    this.#texts = texts;
    this.#n = h("select", { class: "bn-text bn-choice", label: text(texts, "n"), title: text(texts, "n") }, ...offer.prices.map((_, k) => h("option", { value: String(k + 1) }, `${k + 1}`)));
    this.#n.value = String(offer.given.n);
    this.#seed = h("input", { type: "text", class: "bn-text bn-seed", label: text(texts, "seed"), title: text(texts, "seed"), placeholder: text(texts, "seed_new"), value: offer.given.seed === null ? "" : String(offer.given.seed) });
    this.#seed.inputMode = "numeric";
    this.#negative = h("input", { type: "text", class: "bn-text", label: text(texts, "negative_prompt"), placeholder: text(texts, "negative_prompt"), value: offer.given.negative_prompt });
    this.#lock = button("", icon(ICONS.lock), () => this.#toggle(), signal);
    on(this.#n, "change", () => this.#refresh(), signal);
    on(this.#seed, "input", () => this.#refresh(), signal);
    for (const field of [this.#n, this.#seed, this.#negative]) {
      on(field, "keydown", (event) => {
        event.stopPropagation();
        if (event.key === "Enter" && !event.isComposing && field !== this.#n) run();
      }, signal);
    }
    this.element = h("div", { class: "bn-row bn-beside" },
      h("label", { class: "bn-group" }, h("span", { class: "bn-caption" }, text(texts, "n")), this.#n),
      h("span", { class: "bn-group" }, h("span", { class: "bn-caption" }, text(texts, "seed")), this.#seed, this.#lock),
      ...(offer.negative_prompt ? [this.#negative] : []));
    this.#refresh();
  }

  get chosen(): Chosen {
    const negative = this.#offer.negative_prompt ? { negative_prompt: this.#negative.value } : {};
    return { n: Number(this.#n.value), seed: seedOf(this.#seed.value), ...negative };
  }

  /** The seed that the lock would take: that of the attempt that is shown, or of the newest. */
  know(seed: number | null): void {
    this.#known = seed;
    this.#refresh();
  }

  #toggle(): void {
    this.#seed.value = seedOf(this.#seed.value) === null && this.#known !== null ? String(this.#known) : "";
    this.#refresh();
  }

  #refresh(): void {
    const locked = seedOf(this.#seed.value) !== null;
    const label = text(this.#texts, locked ? "seed_free" : "seed_lock");
    this.#lock.setAttribute("aria-pressed", String(locked));
    this.#lock.setAttribute("aria-label", label);
    this.#lock.title = label;
    this.#lock.disabled = !locked && this.#known === null;
    this.#seed.setAttribute("aria-invalid", String(this.#seed.value.trim() !== "" && !locked));
    setText(this.price, this.#offer.prices[Number(this.#n.value) - 1] ?? "");
  }
}
