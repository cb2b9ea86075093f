// The large picture of an opened cell, alone or compared with another one; keys and buttons go through the ways to compare.

import { button, rename } from "../page/dom";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import type { Mode } from "../sweep_grid/compare";
import { MODES } from "../sweep_grid/compare";
import type { Shown } from "../sweep_grid/panes";
import { Panes } from "../sweep_grid/panes";
import { FIT, zoomKey } from "../sweep_grid/zoom";

export const NOTHING: Shown = { url: undefined, name: "" };

export class Compared {
  /** The next way to compare. */
  readonly mode: HTMLButtonElement;
  readonly #texts: Texts;
  readonly #panes: Panes;
  #comparing: Mode | null = null;
  #last: Mode = "slider";

  /** `changed` is called when the way to compare is another one; then `show` is to be called again. */
  constructor(texts: Texts, changed: () => void, signal: AbortSignal) {
    this.#texts = texts;
    this.#panes = new Panes(text(texts, "large"), () => undefined, signal);
    this.mode = button("M", "", () => {
      this.next();
      changed();
    }, signal);
  }

  get element(): HTMLElement {
    return this.#panes.element;
  }

  get comparing(): boolean {
    return this.#comparing !== null;
  }

  set comparing(on: boolean) {
    this.#comparing = on ? this.#last : null;
  }

  /** The next way to compare, or the last one where nothing is compared. */
  next(): void {
    if (this.#comparing) this.#last = MODES[(MODES.indexOf(this.#comparing) + 1) % MODES.length] ?? "slider";
    this.#comparing = this.#last;
  }

  close(): void {
    this.#panes.close();
  }

  /** A key on the large picture that zooms or moves it; false for any other. */
  zoomByKey(event: KeyboardEvent): boolean {
    if (event.target !== this.#panes.element) return false;
    const view = event.key === "0" ? FIT : zoomKey(this.#panes.view, event.key);
    if (view) this.#panes.setView(view);
    return view !== null;
  }

  /** Show a picture, and where it is compared the other one, if there is one. */
  show(base: Shown, picture: Shown): void {
    this.#panes.show(base, picture, base.url ? this.#comparing : null, false);
    const named = text(this.#texts, `mode ${this.#comparing ?? this.#last}`);
    rename(this.mode, `${named} (M)`);
  }
}
