// Under the picture: the prompt, the Run button, the state of the Job, and the pictures that it made.

import { button, h, on, setText } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import { BlobUrls } from "../page/blobs";

/** The state of the edit; all words come from Python. */
export interface RunState {
  readonly busy: boolean;
  readonly state: string;
  readonly line: string;
  readonly detail: string;
  readonly cancel: boolean;
  /** What was asked for last: a page that is loaded anew has it in its field. */
  readonly prompt: string;
}

export interface ResultPicture {
  readonly title: string;
  readonly data: DataView;
}

export class Prompt {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #run: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #line = h("div", { class: "bn-line", role: "status", "aria-live": "polite" });
  readonly #results = h("div", { class: "bn-results" });
  readonly #urls: BlobUrls;
  #state: RunState | null = null;
  #gone = false;

  constructor(texts: Texts, run: (prompt: string) => void, cancel: () => void, signal: AbortSignal) {
    this.#urls = new BlobUrls(signal);
    this.#input = h("input", { type: "text", class: "bn-text", placeholder: text(texts, "prompt"), label: text(texts, "prompt") });
    const go = () => {
      const prompt = this.#input.value;
      if (!this.#run.disabled && prompt.trim()) run(prompt);
    };
    this.#run = button(text(texts, "run"), text(texts, "run"), go, signal, { class: "bn-button bn-primary" });
    this.#cancel = button(text(texts, "cancel"), text(texts, "cancel"), cancel, signal);
    on(this.#input, "input", () => this.#enable(), signal);
    on(
      this.#input,
      "keydown",
      (event) => {
        event.stopPropagation(); // what is typed here is no shortcut, neither ours nor the notebook's
        // Enter that ends a composition chooses a word; 229 is how browsers without isComposing say so.
        if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) { // eslint-disable-line @typescript-eslint/no-deprecated
          event.preventDefault();
          go();
        }
        if (event.key === "Escape" && !event.isComposing) this.#input.blur();
      },
      signal,
    );
    const row = h("div", { class: "bn-row" }, this.#input, this.#run, this.#cancel);
    this.element = h("div", { class: "bn-prompt" }, row, this.#line, this.#results);
    this.#enable();
  }

  show(run: RunState, gone: boolean): void {
    if (this.#state === null) this.#input.value = run.prompt;
    this.#state = run;
    this.#gone = gone;
    this.#cancel.hidden = !run.cancel;
    this.#cancel.disabled = gone;
    this.#line.dataset["state"] = run.state;
    setText(this.#line, run.detail ? `${run.line}\n${run.detail}` : run.line);
    this.#enable();
  }

  results(pictures: readonly ResultPicture[]): void {
    this.#urls.clear();
    this.#results.replaceChildren(
      ...pictures.map(({ title, data }, k) => {
        const image = h("img", { alt: title, title });
        image.src = this.#urls.set(String(k), data);
        return h("figure", { class: "bn-figure" }, image, h("figcaption", {}, title));
      }),
    );
  }

  #enable(): void {
    this.#run.disabled = this.#gone || (this.#state?.busy ?? false) || !this.#input.value.trim();
  }
}
