// One line of text that is asked for: why a picture is rejected, or a note about it. Enter takes it, Esc gives up.

import { button, h, on } from "./dom";

export class Ask {
  readonly element = h("div", { class: "bn-ask", hidden: "" });
  readonly #field = h("input", { type: "text", class: "bn-text" });
  readonly #choices = h("span", { class: "bn-choices" });
  readonly #signal: AbortSignal;
  #choose: readonly string[] = [];
  #done: (text: string | null) => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#field.maxLength = 1000;
    this.element.append(this.#field, this.#choices);
    on(this.#field, "keydown", (event) => this.#key(event), signal);
  }

  get opened(): boolean {
    return !this.element.hidden;
  }

  /** Ask; `done` is called with the text, or with null when the user has given up. A number takes one of the choices. */
  open(label: string, value: string, choices: readonly string[], done: (text: string | null) => void): void {
    this.#done = done;
    this.#choose = choices;
    this.#field.setAttribute("aria-label", label);
    this.#field.placeholder = label;
    this.#field.value = value;
    this.#choices.replaceChildren(...choices.map((choice, k) => button(`${k + 1} ${choice}`, `${k + 1} ${choice}`, () => this.#end(choice), this.#signal)));
    this.element.hidden = false;
    this.#field.focus({ preventScroll: true });
    this.#field.select();
  }

  close(): void {
    if (this.opened) this.#end(null);
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    event.stopPropagation();
    const choice = this.#field.value === "" && /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey ? this.#choose[Number(event.key) - 1] : undefined;
    if (event.key === "Escape") this.#end(null);
    else if (event.key === "Enter") this.#end(this.#field.value.trim());
    else if (choice !== undefined) this.#end(choice);
    else return;
    event.preventDefault();
  }

  #end(text: string | null): void {
    this.element.hidden = true;
    const done = this.#done;
    this.#done = () => undefined;
    done(text);
  }
}
