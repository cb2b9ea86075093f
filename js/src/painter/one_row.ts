// Keeps the tools in one row: in a narrow cell those that are wanted less often wait behind one button. Pressed, it
// lays all of them over the picture, which does not move, until one was used, the focus has left, or Escape.

import { on } from "../page/dom";

export class OneRow {
  readonly #place: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #rare: readonly HTMLElement[];
  readonly #groups: readonly HTMLElement[];
  #width = -1;
  #open = false;

  /** `bar` is the only thing in `place`; of `rare`, the first ones are the first to leave the row. */
  constructor(place: HTMLElement, bar: HTMLElement, more: HTMLButtonElement, rare: readonly HTMLElement[], signal: AbortSignal) {
    this.#place = place;
    this.#bar = bar;
    this.#more = more;
    this.#rare = rare;
    this.#groups = [...bar.children].filter((node): node is HTMLElement => node instanceof HTMLElement && node !== more);
    more.hidden = true;
    more.setAttribute("aria-expanded", "false");
    on(more, "click", ({ detail }) => this.#turn(detail === 0), signal);
    on(bar, "click", ({ target }) => {
      if (this.#open && target instanceof Element && !more.contains(target) && target.closest("button")) this.#close();
    }, signal);
    on(bar, "focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !bar.contains(relatedTarget)) this.#close();
    }, signal);
    on(bar, "keydown", (event) => {
      if (event.key !== "Escape" || !this.#close()) return;
      event.preventDefault();
      event.stopPropagation();
      more.focus({ preventScroll: true });
    }, signal);
    const resized = new ResizeObserver(([entry]) => {
      if (!entry || entry.contentRect.width === this.#width) return;
      this.#width = entry.contentRect.width;
      this.fit();
    });
    resized.observe(place);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  /** Show what fits into one row, what is pressed among it. Nothing changes while all are shown. */
  fit(): void {
    if (this.#open || this.#width <= 0) return;
    const focused = this.#focused;
    this.#show(() => true);
    this.#bar.classList.remove("bn-narrow");
    this.#more.hidden = true;
    const left = new Set<HTMLElement>();
    for (const node of this.#rare) {
      if (this.#fits) break;
      if (node.getAttribute("aria-pressed") === "true") continue;
      this.#bar.classList.add("bn-narrow"); // from the first one on, the button needs its place
      this.#more.hidden = false;
      left.add(node);
      this.#show((each) => !left.has(each));
    }
    if (focused && !focused.checkVisibility()) this.#more.focus({ preventScroll: true });
  }

  /** Put the rarer tools away; false where they were not shown. */
  #close(): boolean {
    if (!this.#open) return false;
    this.#open = false;
    this.#bar.classList.remove("bn-open");
    this.#place.style.height = "";
    this.#more.setAttribute("aria-expanded", "false");
    this.fit();
    return true;
  }

  /** Where keys have opened it, the focus goes on to the first tool that was not there. */
  #turn(byKeys: boolean): void {
    if (this.#close()) return;
    const first = [...this.#bar.querySelectorAll<HTMLElement>("button, input")].find((node) => node !== this.#more && !node.checkVisibility());
    this.#open = true;
    this.#place.style.height = `${this.#place.offsetHeight}px`;
    this.#bar.classList.add("bn-open");
    this.#more.setAttribute("aria-expanded", "true");
    this.#show(() => true);
    if (byKeys) first?.focus({ preventScroll: true });
  }

  get #fits(): boolean {
    const last = this.#groups.findLast((group) => !group.classList.contains("bn-rare"));
    const reserved = parseFloat(getComputedStyle(this.#bar).paddingRight);
    return !last || last.offsetLeft + last.offsetWidth <= this.#bar.clientWidth - reserved;
  }

  get #focused(): HTMLElement | null {
    const active = (this.#bar.getRootNode() as Document | ShadowRoot).activeElement;
    return active instanceof HTMLElement && this.#bar.contains(active) ? active : null;
  }

  #show(isShown: (node: HTMLElement) => boolean): void {
    for (const node of this.#rare) node.classList.toggle("bn-rare", !isShown(node));
    for (const group of this.#groups.filter((each) => !this.#rare.includes(each))) group.classList.toggle("bn-rare", [...group.children].every((node) => node.classList.contains("bn-rare")));
  }
}
