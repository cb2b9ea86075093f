// A picture drawn again: with another prompt or seed. Python plans it and says its price first; Run sends it.

import { NO_SHORTCUTS, button, h, on, setText } from "../page/dom";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import type { Traits } from "./traits";

export class Again {
  readonly element: HTMLElement;
  readonly #comm: Comm<Traits>;
  readonly #left: () => void;
  readonly #prompt = h("textarea", { ...NO_SHORTCUTS, class: "bn-text bn-again-prompt" });
  readonly #seed: HTMLInputElement;
  readonly #ask: HTMLButtonElement;
  readonly #run: HTMLButtonElement;
  readonly #price = h("span", { class: "bn-planned", role: "status" });
  readonly #notes = h("div", { class: "bn-note" });
  #shown: unknown;
  #wanted = false;

  constructor(comm: Comm<Traits>, left: () => void, signal: AbortSignal) {
    this.#comm = comm;
    this.#left = left;
    const texts = comm.get("texts");
    const prompt = text(texts, "again_prompt");
    this.#prompt.rows = 2;
    this.#prompt.placeholder = prompt;
    this.#prompt.setAttribute("aria-label", prompt);
    const seed = text(texts, "again_seed");
    this.#seed = h("input", { type: "text", class: "bn-text bn-short", label: seed, placeholder: seed });
    this.#ask = button(text(texts, "again_price"), text(texts, "again_price"), () => this.#plan(), signal);
    this.#run = button(text(texts, "run"), text(texts, "run"), () => this.#send(), signal, { class: "bn-button bn-primary" });
    const shut = button(text(texts, "close"), "✕", () => this.close(), signal);
    for (const field of [this.#prompt, this.#seed]) on(field, "input", () => this.#stale(), signal);
    this.element = h("div", { class: "bn-again", hidden: "" }, this.#prompt, h("div", { class: "bn-row" }, this.#seed, this.#ask, this.#price, this.#run, h("span", { class: "bn-buttons" }, shut)), this.#notes);
    on(this.element, "keydown", (event) => this.#keydown(event), signal);
  }

  /** Ask for the plan of this picture; the form opens with Python's answer. */
  open(id: string): void {
    this.#wanted = true;
    this.#comm.send({ kind: "plan", id });
  }

  close(): void {
    this.#wanted = false;
    this.#comm.send({ kind: "plan", give_up: true });
    this.element.hidden = true;
    this.#left();
  }

  refresh(): void {
    const planned = this.#comm.get("planned");
    this.#ask.disabled = this.#run.disabled = this.#comm.gone;
    if (planned === this.#shown) return;
    this.#shown = planned;
    if (planned.id === undefined) {
      const here = this.element.contains((this.element.getRootNode() as Document | ShadowRoot).activeElement);
      if (planned.price === undefined) this.element.hidden = true;
      if (here && this.element.hidden) this.#left();
      return;
    }
    if (!this.#wanted && this.element.hidden) return; // asked for in another view
    this.element.hidden = false;
    this.#prompt.value = planned.prompt ?? "";
    this.#seed.value = planned.seed ?? "";
    setText(this.#price, planned.price ?? "");
    setText(this.#notes, (planned.notes ?? []).join("\n"));
    this.#run.hidden = false;
    if (this.#wanted) this.#run.focus({ preventScroll: true });
    this.#wanted = false;
  }

  /** What was planned is not what stands here any more. */
  #stale(): void {
    this.#run.hidden = true;
    setText(this.#price, "");
  }

  #plan(): void {
    const { id } = this.#comm.get("planned");
    this.#wanted = true;
    this.#comm.send({ kind: "plan", id, prompt: this.#prompt.value, seed: this.#seed.value });
  }

  #send(): void {
    this.#run.disabled = true;
    this.#comm.send({ kind: "send" });
  }

  #keydown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.shiftKey && event.target === this.#seed) this.#plan();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
