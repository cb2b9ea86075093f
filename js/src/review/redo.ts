// The rejected rows once more: with another prompt, seed or strength. Python plans them first, and Run sends them.

import { button, h, on, setText } from "../page/dom";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import type { Traits } from "./traits";

export class Redo {
  readonly element: HTMLElement;
  readonly #comm: Comm<Traits>;
  readonly #open: HTMLButtonElement;
  readonly #plan: HTMLButtonElement;
  readonly #run: HTMLButtonElement;
  readonly #fields: HTMLElement;
  readonly #said = h("span", { class: "bn-planned", role: "status" });
  readonly #prompt: HTMLInputElement;
  readonly #seed: HTMLInputElement;
  readonly #strength: HTMLInputElement;

  constructor(comm: Comm<Traits>, signal: AbortSignal) {
    this.#comm = comm;
    const texts = comm.get("texts");
    const field = (key: string, value: string, kind: string) => h("input", { type: "text", class: `bn-text bn-${kind}`, label: text(texts, key), placeholder: text(texts, key), value });
    this.#prompt = field("redo_prompt", "{prompt}", "prompt");
    this.#seed = field("redo_seed", "", "short");
    this.#strength = field("redo_strength", "", "short");
    this.#open = button("", "", () => this.#toggle(), signal, { "aria-expanded": "false" });
    this.#plan = button(text(texts, "redo_plan"), text(texts, "redo_plan"), () => this.#send(this.#plan, { kind: "redo", prompt: this.#prompt.value, seed: this.#seed.value, strength: this.#strength.value }), signal);
    this.#run = button(text(texts, "run"), text(texts, "run"), () => this.#send(this.#run, { kind: "run" }), signal, { class: "bn-button bn-primary" });
    this.#fields = h("div", { class: "bn-row bn-redo", hidden: "" }, this.#prompt, this.#seed, this.#strength, this.#plan);
    for (const each of [this.#prompt, this.#seed, this.#strength]) {
      on(each, "keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        this.#plan.click();
      }, signal);
    }
    this.element = h("div", {}, h("div", { class: "bn-row" }, this.#open, this.#said, this.#run), this.#fields);
    this.refresh();
  }

  refresh(): void {
    const texts = this.#comm.get("texts");
    const count = this.#comm.get("counts").redo;
    const planned = this.#comm.get("planned");
    const takes = this.#comm.get("takes");
    const label = text(texts, "redo", { count });
    setText(this.#open, label);
    this.#open.title = label;
    this.#open.setAttribute("aria-label", label);
    this.#open.hidden = count === 0;
    if (count === 0) this.#fold(false);
    setText(this.#said, planned);
    this.#run.hidden = planned === "";
    this.#seed.hidden = !takes.seed;
    this.#strength.hidden = !takes.strength;
    this.#plan.disabled = this.#run.disabled = this.#comm.gone;
    this.element.hidden = count === 0 && planned === "";
  }

  #toggle(): void {
    this.#fold(this.#fields.hidden !== false);
    if (!this.#fields.hidden) this.#prompt.focus({ preventScroll: true });
  }

  #fold(open: boolean): void {
    this.#fields.hidden = !open;
    this.#open.setAttribute("aria-expanded", String(open));
  }

  /** Send once: the button comes back with Python's answer. */
  #send(clicked: HTMLButtonElement, content: object): void {
    clicked.disabled = true;
    this.#comm.send(content);
  }
}
