// What a control does and its key, beside it, for the pointer that rests on it and for the focus that keys have brought.
// The words are its `title`, which is put aside for as long as they are shown: the browser's own would say them twice.

import { h, on } from "./dom";

const REST_MS = 400; // the pointer stands still
const GAP = 6; // CSS pixels between control and words
const CONTROLS = ".bn-button[title], input[title], select[title]";

class Tooltip {
  /** Shown by the browser above everything, wherever the notebook cuts off or moves what it holds. */
  readonly element = h("div", { class: "bn-tip", role: "tooltip", hidden: "" });
  #of: HTMLElement | null = null;
  #title = "";
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.element.popover = "manual";
  }

  soon(control: HTMLElement): void {
    if (control === this.#of) return;
    this.hide();
    this.#rest = setTimeout(() => this.show(control), REST_MS);
  }

  show(control: HTMLElement): void {
    this.hide();
    if (!control.isConnected || !control.title || control.innerText.trim() === control.title) return; // it says so itself
    this.#of = control;
    this.#title = control.title;
    control.removeAttribute("title");
    const [, words = this.#title, key] = /^(.*) \(([^()]+)\)$/s.exec(this.#title) ?? [];
    this.element.replaceChildren(words, ...(key ? [h("span", { class: "bn-key" }, key)] : []));
    this.element.hidden = false;
    this.element.showPopover();
    const [at, own] = [control.getBoundingClientRect(), this.element.getBoundingClientRect()];
    const below = at.bottom + GAP + own.height <= innerHeight;
    this.element.style.left = `${Math.max(GAP, Math.min(innerWidth - own.width - GAP, at.left + (at.width - own.width) / 2))}px`;
    this.element.style.top = `${below ? at.bottom + GAP : Math.max(0, at.top - GAP - own.height)}px`;
  }

  hide(): void {
    clearTimeout(this.#rest);
    const control = this.#of;
    if (!control) return;
    this.#of = null;
    if (!control.title) control.title = this.#title; // else it has got another one meanwhile
    if (this.element.matches(":popover-open")) this.element.hidePopover();
    this.element.hidden = true;
  }
}

/** Show the titles of a widget's buttons and fields in its own style; the browser shows them where it has no popovers. */
export function showTooltips(root: HTMLElement, signal: AbortSignal): void {
  if (!("popover" in HTMLElement.prototype)) return;
  const tooltip = new Tooltip();
  root.append(tooltip.element);
  const control = ({ target }: Event) => (target instanceof Element ? target.closest<HTMLElement>(CONTROLS) : null);
  on(root, "pointerover", (event) => {
    const over = control(event);
    if (over && event.pointerType !== "touch") tooltip.soon(over);
  }, signal);
  on(root, "focusin", (event) => {
    const focused = control(event);
    if (focused?.matches(":focus-visible")) tooltip.show(focused);
  }, signal);
  for (const end of ["pointerout", "pointerdown", "focusout", "wheel"] as const) on(root, end, () => tooltip.hide(), signal, { passive: true });
  on(root, "keydown", () => tooltip.hide(), signal, { capture: true });
  signal.addEventListener("abort", () => tooltip.hide());
}
