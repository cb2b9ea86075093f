// The bar above the pictures: search, model, function, tag, days, and the switches for starred pictures and the bin.

import { NO_SHORTCUTS, button, h, on } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Filter, Traits } from "./traits";

const TYPING_MS = 300;
const CHOSEN = ["model", "function", "owner", "tag"] as const;
const DAYS = ["since", "until"] as const;

export class Filters {
  readonly element: HTMLElement;
  readonly #texts: Texts;
  readonly #changed: () => void;
  readonly #words: HTMLInputElement;
  readonly #selects: Record<(typeof CHOSEN)[number], HTMLSelectElement>;
  readonly #days: Record<(typeof DAYS)[number], HTMLInputElement>;
  readonly #starred: HTMLButtonElement;
  readonly #binned: HTMLButtonElement;
  readonly #everybody: HTMLButtonElement;
  #shown = "";
  #typing: ReturnType<typeof setTimeout> | undefined;
  #now: Filter;

  /** `changed` is called when another filter holds; `left` when the user is done with the search. */
  constructor(texts: Texts, first: Filter, changed: () => void, left: () => void, signal: AbortSignal) {
    this.#texts = texts;
    this.#changed = changed;
    this.#now = first;
    const label = text(texts, "words");
    this.#words = h("input", { type: "search", class: "bn-text bn-search", label, placeholder: label, value: first.words });
    on(this.#words, "input", () => this.#later(), signal);
    on(this.#words, "keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      this.#set({ words: this.#words.value.trim() });
      left();
    }, signal);
    const select = (name: (typeof CHOSEN)[number]) => {
      const node = h("select", { ...NO_SHORTCUTS, class: "bn-select", label: text(texts, name), title: text(texts, name) });
      on(node, "change", () => this.#set({ [name]: node.value }), signal);
      return node;
    };
    this.#selects = { model: select("model"), function: select("function"), tag: select("tag"), owner: select("owner") };
    const day = (name: (typeof DAYS)[number]) => {
      const node = h("input", { type: "date", class: "bn-day", label: text(texts, name), title: text(texts, name), value: first[name] });
      on(node, "change", () => this.#set({ [name]: node.value }), signal);
      return node;
    };
    this.#days = { since: day("since"), until: day("until") };
    const flip = (name: "starred" | "binned" | "everybody") => button(text(texts, name), text(texts, name), () => this.#set({ [name]: !this.#now[name] }), signal, { "aria-pressed": String(first[name]) });
    [this.#starred, this.#binned, this.#everybody] = [flip("starred"), flip("binned"), flip("everybody")];
    const days = h("span", { class: "bn-days" }, ...DAYS.map((name) => h("label", { class: "bn-set" }, text(texts, name), this.#days[name])));
    const fold = () => {
      days.hidden = !days.hidden;
      dates.setAttribute("aria-expanded", String(!days.hidden));
      if (!days.hidden) this.#days.since.focus({ preventScroll: true });
    };
    days.hidden = first.since === "" && first.until === "";
    const dates = button(text(texts, "dates"), text(texts, "dates"), fold, signal, { "aria-expanded": String(!days.hidden) });
    const choices = CHOSEN.map((name) => this.#selects[name]);
    this.element = h("div", { class: "bn-row bn-filters", role: "search", label: text(texts, "filters") }, this.#words, ...choices, this.#everybody, this.#starred, dates, this.#binned, days);
    signal.addEventListener("abort", () => clearTimeout(this.#typing));
  }

  get now(): Filter {
    return this.#now;
  }

  /** Offer what there is to choose from. */
  offer(choices: Traits["choices"]): void {
    const spelled = JSON.stringify(choices);
    if (spelled === this.#shown) return;
    this.#shown = spelled;
    for (const name of CHOSEN) {
      const kept = this.#now[name];
      const values = kept && !choices[name].includes(kept) ? [...choices[name], kept] : choices[name];
      this.#selects[name].replaceChildren(h("option", { value: "" }, text(this.#texts, `any_${name}`)), ...values.map((value) => h("option", { value }, value)));
      this.#selects[name].value = kept;
      this.#selects[name].hidden = values.length === 0;
    }
    this.#everybody.hidden = choices.owner.length === 0 && !this.#now.everybody;
  }

  focus(): void {
    this.#words.focus({ preventScroll: true });
    this.#words.select();
  }

  #later(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#set({ words: this.#words.value.trim() }), TYPING_MS);
  }

  #set(change: Partial<Filter>): void {
    clearTimeout(this.#typing);
    const next = { ...this.#now, ...change };
    if (JSON.stringify(next) === JSON.stringify(this.#now)) return;
    this.#now = next;
    this.#starred.setAttribute("aria-pressed", String(next.starred));
    this.#binned.setAttribute("aria-pressed", String(next.binned));
    this.#everybody.setAttribute("aria-pressed", String(next.everybody));
    this.#changed();
  }
}
