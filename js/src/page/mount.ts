// Mounts a live widget on the anchors that its static outputs hold in the page.
//
// A saved notebook that names a widget shows an error when it is opened without its kernel. So Python writes static
// outputs only: a picture, then a caption whose element, the anchor, carries a class of the model's own. The model has
// no output of its own; while page and kernel are alive, its views are mounted on every anchor in the page, one in each
// cell that shows the widget. The notebook owns the static nodes: they are hidden, never removed, and shown again when
// the view is detached.

import type { AnyModel } from "@anywidget/types";
import { h } from "./dom";

const POLL_MS = 250; // outputs come late, and leave and come back with the scrolling of a long notebook
const FIRST_POLL_MS = 40; // the cell that has made the widget writes its output at any moment
const FIRST_MS = 2000;
const HELD_POLL_MS = 16; // the output was written anew under the reader's keys: until it is back they go to the notebook
const HELD_MS = 1000;
const SLOW_POLL_MS = 2000; // the cell was run again or deleted, or is scrolled away: the page does not say which
const SLOW_AFTER_MS = 60_000; // without an anchor in the page

/** The anchor stands under a static picture of the same widget; any other output before an anchor is the user's. */
const UNDER_STATIC = "bn-under-static";

/** What JupyterLab's manager of a notebook's widgets says of it; other hosts have one notebook a page. */
type Manager = { readonly isDisposed?: unknown; readonly context?: { readonly isDisposed?: unknown } } | undefined;

type Render = (el: HTMLElement, signal: AbortSignal) => void;

/** One view of the widget. It keeps what it shows while the notebook draws the output under it anew. */
class Mount {
  readonly host = h("div", { class: "bn-host" });
  #hidden: HTMLElement[] = [];
  #focused: EventTarget | null = null;

  /** `lost` is told when the focus goes nowhere, as it does when the output is removed. */
  constructor(lost: () => void) {
    this.host.addEventListener("focusin", ({ target }) => (this.#focused = target));
    this.host.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget !== null) this.#focused = null; // the user moved it
      else lost();
    });
  }

  get anchor(): HTMLElement | null {
    return this.host.parentElement;
  }

  /** Move to an anchor and keep the focus, which moving loses: the notebook would take the next key as a command. */
  attach(anchor: HTMLElement): void {
    const focused = this.#focused;
    this.detach();
    anchor.append(this.host);
    if (focused instanceof HTMLElement && document.activeElement === document.body) focused.focus({ preventScroll: true });
  }

  /** Hide the static caption in the anchor, and the static picture before it. */
  hideStatic(): void {
    const { anchor } = this;
    if (!anchor) return;
    const picture = anchor.classList.contains(UNDER_STATIC) ? anchor.closest(".jp-OutputArea-child")?.previousElementSibling : null;
    for (const node of [...anchor.children, picture]) {
      if (!(node instanceof HTMLElement) || node === this.host || node.style.display === "none") continue;
      node.style.display = "none";
      this.#hidden.push(node);
    }
  }

  /** Leave the anchor and show its static nodes again. */
  detach(): void {
    this.host.remove();
    for (const node of this.#hidden) node.style.display = "";
    this.#hidden = [];
  }
}

/** Keep a view mounted on each of the model's anchors that is in the page; returns what detaches them for good. */
export function mountOnAnchors(model: AnyModel<Record<string, unknown>>, render: Render): () => void {
  const name = model.get("anchor");
  const controller = new AbortController();
  if (typeof name !== "string" || !/^bn-anchor-[0-9a-f]+$/.test(name)) return () => controller.abort();
  const mounts: Mount[] = [];
  let [age, absent, delay, hurry] = [0, 0, 0, 0]; // milliseconds
  let timer: ReturnType<typeof setTimeout> | undefined;
  const manager = model.widget_manager as Manager;
  const poll = () => {
    // A notebook that was closed may be opened anew in the same page: what is saved there is no place for this kernel's widget.
    if (manager?.isDisposed === true || manager?.context?.isDisposed === true) return controller.abort();
    const anchors = [...document.getElementsByClassName(name)].filter((element) => element instanceof HTMLElement);
    age += delay;
    absent = anchors.length ? 0 : absent + delay;
    hurry -= delay;
    delay = hurry > 0 ? HELD_POLL_MS : absent > SLOW_AFTER_MS ? SLOW_POLL_MS : anchors.length + mounts.length === 0 && age < FIRST_MS ? FIRST_POLL_MS : POLL_MS;
    timer = setTimeout(poll, delay);
    const free = mounts.filter(({ anchor }) => !anchor || !anchors.includes(anchor));
    for (const anchor of anchors) {
      let mount = mounts.find((each) => each.anchor === anchor) ?? free.shift();
      const fresh = !mount;
      if (!mount) mounts.push((mount = new Mount(lost)));
      if (mount.anchor !== anchor) mount.attach(anchor);
      if (fresh) render(mount.host, controller.signal);
      mount.hideStatic();
    }
    for (const mount of free) mount.detach(); // its output was written anew without an anchor, or is out of sight
  };
  const lost = () => {
    if (controller.signal.aborted) return; // the view that goes takes the focus along
    [hurry, delay] = [HELD_MS, 0];
    clearTimeout(timer);
    timer = setTimeout(poll, HELD_POLL_MS);
  };
  controller.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    for (const mount of mounts) mount.detach();
  });
  try {
    model.send({ kind: "opened" }); // without it Python shows the widget as an ordinary output
  } catch {
    // the kernel is gone already; the static outputs stay as they are
  }
  poll();
  return () => controller.abort();
}
