// The marks under the axis slider: one a stop, with its value where there is room for all of them.

import { h } from "../page/dom";
import type { Stop } from "./model";

/** Characters of all values together that stand beside each other under the slider. */
const ROOM = 40;

export class Ticks {
  /** The slider says the same to a screen reader. */
  readonly element = h("div", { class: "bn-ticks", "aria-hidden": "true" });
  #shown = "";

  show(stops: readonly Stop[], at: number): void {
    const words = stops.map(({ tick }) => tick);
    const shown = JSON.stringify(words);
    if (shown !== this.#shown) {
      this.#shown = shown;
      const named = words.join("").length <= ROOM;
      this.element.classList.toggle("bn-named", named);
      this.element.replaceChildren(...words.map((word, k) => {
        const tick = h("span", { class: "bn-tick" }, named ? word : "");
        tick.style.left = `${(100 * k) / Math.max(1, words.length - 1)}%`;
        return tick;
      }));
    }
    for (const [k, tick] of [...this.element.children].entries()) tick.classList.toggle("bn-here", k === at);
  }
}
