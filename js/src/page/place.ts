// Places for a live widget on top of its static outputs.
//
// A saved notebook that names a widget shows an error when it is opened without its kernel. So Python writes static
// outputs only (a picture, then a caption whose element carries the model's own class), and the widget, whose model
// lives without an output of its own, sits down there while the page and the kernel are alive: once in every cell that
// shows it. What the notebook drew is hidden and never taken away: it owns these nodes, and they come back with our going.

import type { AnyModel } from "@anywidget/types";
import { h } from "./dom";

const LOOK = 250; // ms; outputs come late, and leave and come back with the scrolling of a long notebook
const SELDOM = 2000; // ms; the cell was run again or deleted, or is scrolled away: nobody can tell which
const PATIENCE = 60_000; // ms without a place in the page, until looking becomes seldom

/** Class of a caption that stands under a static picture of the same widget; whatever else is before it is the user's. */
const UNDER_STILL = "bn-under-still";

type Open = (el: HTMLElement, signal: AbortSignal) => void;

/** One view of the widget. It keeps what it shows while the notebook draws its output anew. */
class Seat {
  readonly host = h("div", { class: "bn-host" });
  #covered: HTMLElement[] = [];
  #focused: EventTarget | null = null;

  constructor() {
    this.host.addEventListener("focusin", ({ target }) => (this.#focused = target));
    this.host.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget !== null) this.#focused = null; // it went elsewhere; with the output it goes nowhere
    });
  }

  get spot(): HTMLElement | null {
    return this.host.parentElement;
  }

  /** Sit down, with the focus that moving takes away, or the notebook's keys would act on the next press. */
  sit(spot: HTMLElement): void {
    const focused = this.#focused;
    this.leave();
    spot.append(this.host);
    if (focused instanceof HTMLElement && document.activeElement === document.body) focused.focus({ preventScroll: true });
  }

  /** Hide what is static here; the document keeps it. */
  cover(): void {
    const { spot } = this;
    if (!spot) return;
    const still = spot.classList.contains(UNDER_STILL) ? spot.closest(".jp-OutputArea-child")?.previousElementSibling : null;
    for (const node of [...spot.children, still]) {
      if (!(node instanceof HTMLElement) || node === this.host || node.style.display === "none") continue;
      node.style.display = "none";
      this.#covered.push(node);
    }
  }

  /** Stand up and show again what was hidden. */
  leave(): void {
    this.host.remove();
    for (const node of this.#covered) node.style.display = "";
    this.#covered = [];
  }
}

/** Open the widget in its places whenever they are in the page; returns what takes it away again. */
export function settle(model: AnyModel<Record<string, unknown>>, open: Open): () => void {
  const name = model.get("place");
  const controller = new AbortController();
  if (typeof name !== "string" || !/^bn-place-[0-9a-f]+$/.test(name)) return () => controller.abort();
  const seats: Seat[] = [];
  let missed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    const spots = [...document.getElementsByClassName(name)].filter((element) => element instanceof HTMLElement);
    missed = spots.length ? 0 : missed + LOOK;
    timer = setTimeout(look, missed <= PATIENCE ? LOOK : SELDOM);
    const free = seats.filter(({ spot }) => !spot || !spots.includes(spot));
    for (const spot of spots) {
      let seat = seats.find((each) => each.spot === spot) ?? free.shift();
      const fresh = !seat;
      if (!seat) seats.push((seat = new Seat()));
      if (seat.spot !== spot) seat.sit(spot);
      if (fresh) open(seat.host, controller.signal);
      seat.cover();
    }
    for (const seat of free) seat.leave(); // its output was written anew without a place, or is out of sight
  };
  controller.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    for (const seat of seats) seat.leave();
  });
  try {
    model.send({ kind: "here" }); // Python shows the widget in the ordinary way where nobody says this
  } catch {
    // the kernel is gone already; the static outputs stay as they are
  }
  look();
  return () => controller.abort();
}
