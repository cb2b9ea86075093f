// Under the large picture: what one goes on with once a cell is chosen. Which of it there is, Python says.

import { button, h, setText } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";

export class AfterChoosing {
  readonly element = h("div", { class: "bn-row bn-after-choosing", role: "group" });
  readonly #said = h("span", { class: "bn-said", role: "status" });
  readonly #texts: Texts;
  readonly #wish: (wish: string) => void;
  readonly #signal: AbortSignal;
  readonly #buttons = new Map<string, HTMLButtonElement>();

  constructor(texts: Texts, wish: (wish: string) => void, signal: AbortSignal) {
    this.#texts = texts;
    this.#wish = wish;
    this.#signal = signal;
    this.element.setAttribute("aria-label", text(texts, "after"));
  }

  /** Offer these; all but the whole sweep's files need a picture. */
  show(wishes: readonly string[], ready: boolean, gone: boolean): void {
    if ([...this.#buttons.keys()].join() !== wishes.join()) {
      this.#buttons.clear();
      for (const wish of wishes) {
        const label = text(this.#texts, `after ${wish}`);
        this.#buttons.set(wish, button(label, label, () => this.#wish(wish), this.#signal, { title: text(this.#texts, `after ${wish} title`) }));
      }
      this.element.replaceChildren(...this.#buttons.values(), this.#said);
    }
    for (const [wish, node] of this.#buttons) node.disabled = gone || (!ready && wish !== "sheet" && wish !== "page");
  }

  /** Say what came of the last wish. */
  say(line: string): void {
    setText(this.#said, line);
  }
}
