// Under the picture: the painting and all attempts as a strip, and what can be done with the one that is shown.

import { button, h, icon, on } from "../page/dom";
import { ICONS } from "../page/icons";
import type { Texts } from "../page/comm";
import { text } from "../page/comm";
import { BlobUrls } from "../page/blobs";
import type { Attempts } from "./attempts";

/** What the strip's buttons ask for. */
export type Asked = "use" | "download" | "open" | "code" | "seed" | "back" | "forward" | "previous" | "next";

export interface StripCalls {
  readonly show: (id: string | null) => void;
  readonly ask: (what: Asked) => void;
  /** Held down: the picture before is to be seen. */
  readonly before: (held: boolean) => void;
}

export class Strip {
  readonly element: HTMLElement;
  readonly #attempts: Attempts;
  readonly #calls: StripCalls;
  readonly #signal: AbortSignal;
  readonly #urls: BlobUrls;
  readonly #tiles = h("div", { class: "bn-tiles", role: "group" });
  readonly #bar: HTMLElement;
  readonly #back: HTMLButtonElement;
  readonly #forward: HTMLButtonElement;
  readonly #previous: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  readonly #known = new Map<string, HTMLButtonElement>();
  readonly #painting: HTMLButtonElement;

  constructor(attempts: Attempts, texts: Texts, calls: StripCalls, signal: AbortSignal) {
    this.#attempts = attempts;
    this.#calls = calls;
    this.#signal = signal;
    this.#urls = new BlobUrls(signal);
    this.#tiles.setAttribute("aria-label", text(texts, "strip"));
    const named = (name: string, what: Asked, path: string) => button(text(texts, name), icon(path), () => calls.ask(what), signal);
    const worded = (name: string, what: Asked) => button(text(texts, name), text(texts, name), () => calls.ask(what), signal);
    this.#back = named("back", "back", ICONS.undo);
    this.#forward = named("forward", "forward", ICONS.redo);
    this.#previous = named("previous", "previous", ICONS.left);
    this.#next = named("next", "next", ICONS.right);
    const before = button(text(texts, "before_title"), text(texts, "before"), () => undefined, signal);
    on(before, "pointerdown", (event) => {
      before.setPointerCapture(event.pointerId);
      calls.before(true);
    }, signal);
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"] as const) on(before, end, () => calls.before(false), signal);
    for (const [kind, held] of [["keydown", true], ["keyup", false]] as const) {
      on(before, kind, (event) => {
        if (event.key === " " || event.key === "Enter") calls.before(held);
      }, signal);
    }
    const use = button(text(texts, "use"), text(texts, "use"), () => calls.ask("use"), signal, { class: "bn-button bn-primary", title: text(texts, "use_title") });
    this.#bar = h("div", { class: "bn-row bn-attempt", hidden: "" }, this.#previous, this.#next, before, use, worded("download", "download"), named("open", "open", ICONS.open), named("code", "code", ICONS.code));
    this.#painting = button(text(texts, "painting"), h("span", {}, text(texts, "painting")), () => calls.show(null), signal, { class: "bn-button bn-tile", title: text(texts, "painting_title") });
    this.element = h("div", { class: "bn-strip", hidden: "" }, this.#bar, h("div", { class: "bn-row bn-line-of-tiles" }, this.#back, this.#forward, this.#tiles));
    this.refresh({ back: false, forward: false });
  }

  refresh(history: { readonly back: boolean; readonly forward: boolean }): void {
    const { all, shown, number } = this.#attempts;
    this.element.hidden = all.length === 0;
    if (this.#tiles.childElementCount !== all.length + 1) this.#tiles.replaceChildren(this.#painting, ...all.map((each) => this.#tile(each.id, each.title, each.data)));
    this.#painting.setAttribute("aria-pressed", String(shown === null));
    for (const [id, tile] of this.#known) tile.setAttribute("aria-pressed", String(id === shown?.id));
    this.#back.hidden = this.#forward.hidden = !history.back && !history.forward;
    this.#back.disabled = !history.back;
    this.#forward.disabled = !history.forward;
    this.#bar.hidden = shown === null;
    if (!shown) return;
    this.#previous.disabled = number <= 1;
    this.#next.disabled = number >= all.length;
    const tile = this.#known.get(shown.id);
    if (tile) this.#tiles.scrollLeft = Math.min(tile.offsetLeft, Math.max(this.#tiles.scrollLeft, tile.offsetLeft + tile.offsetWidth - this.#tiles.clientWidth));
  }

  #tile(id: string, title: string, data: DataView): HTMLButtonElement {
    const known = this.#known.get(id);
    if (known) return known;
    const image = h("img", { alt: "" });
    image.src = this.#urls.set(id, data);
    const tile = button(title, image, () => this.#calls.show(id), this.#signal, { class: "bn-button bn-tile" });
    this.#known.set(id, tile);
    return tile;
  }
}
