// Under the strip: the prompt, the Run button with what stands beside it, and the line that says how it stands.

import { NO_SHORTCUTS, button, h, on, setText } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Chosen, Offer } from "./beside_run";
import { BesideRun } from "./beside_run";
import type { RunState } from "./run_line";
import { runLine } from "./run_line";

export interface PromptCalls {
  readonly run: (prompt: string, chosen: Chosen) => void;
  readonly cancel: () => void;
  /** The field is looked at for the first time: prompts of before are wanted. */
  readonly recent: () => void;
}

export class Prompt {
  readonly element: HTMLElement;
  readonly beside: BesideRun;
  readonly #texts: Texts;
  readonly #input: HTMLInputElement;
  readonly #run: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #line = h("div", { class: "bn-line", role: "status", "aria-live": "polite" });
  readonly #recent = h("datalist");
  #state: RunState | null = null;
  /** What `answered` was when Run was pressed here last. */
  #sent = -1;
  #now = { gone: false, painted: false };

  constructor(offer: Offer, texts: Texts, calls: PromptCalls, signal: AbortSignal) {
    this.#texts = texts;
    this.#input = h("input", { type: "text", class: "bn-text", placeholder: text(texts, "prompt"), label: text(texts, "prompt") });
    this.#recent.id = `bn-recent-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16)}`;
    this.#input.setAttribute("list", this.#recent.id);
    const go = () => {
      if (this.#run.disabled) return;
      this.#sent = this.#state?.answered ?? 0;
      this.#refresh();
      calls.run(this.#input.value, this.beside.chosen);
    };
    this.beside = new BesideRun(offer, texts, go, signal);
    this.#run = button(text(texts, "run"), text(texts, "run"), go, signal, { class: "bn-button bn-primary" });
    this.#cancel = button(text(texts, "cancel"), text(texts, "cancel"), calls.cancel, signal);
    on(this.#input, "focus", calls.recent, signal, { once: true });
    on(this.#input, "input", () => this.#refresh(), signal);
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
    const row = h("div", { class: "bn-row" }, this.#input, this.#recent, this.beside.price, this.#run, this.#cancel);
    this.element = h("div", { class: "bn-prompt", ...NO_SHORTCUTS }, row, this.beside.element, this.#line);
    this.#refresh();
  }

  show(run: RunState, now: { gone: boolean; painted: boolean }): void {
    if (this.#state === null) this.#input.value = run.prompt;
    this.#state = run;
    this.#now = now;
    this.#cancel.hidden = !run.cancel;
    this.#cancel.disabled = now.gone;
    this.#refresh();
  }

  /** Offer prompts of before, the newest first. */
  recent(prompts: readonly string[]): void {
    this.#recent.replaceChildren(...prompts.map((prompt) => h("option", { value: prompt })));
  }

  #refresh(): void {
    if (!this.#state) return;
    const { ready, state, line } = runLine(this.#state, { ...this.#now, prompt: this.#input.value, sent: this.#sent === this.#state.answered }, this.#texts);
    this.#run.disabled = !ready;
    this.#run.title = ready ? text(this.#texts, "run") : line;
    this.#line.dataset["state"] = state;
    setText(this.#line, line);
  }
}
