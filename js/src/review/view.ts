// The grid of one review in one output: windowed cells, filters, keys, and what is decided, shown before Python answers.

import { NO_SHORTCUTS, button, h, isTextField, on, passSave, rename, returnFocus, setText } from "../page/dom";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import { showTooltips } from "../page/tooltips";
import { Ask } from "../page/ask";
import type { Said } from "../cells/cells";
import { Cells } from "../cells/cells";
import { ItemWindow } from "../cells/item_window";
import { moved } from "../cells/layout";
import { Pictures } from "../cells/pictures";
import { Large } from "./large";
import { decided, nextFilter } from "./model";
import { Redo } from "./redo";
import type { Decision, Filter, Item, Traits } from "./traits";
import { FILTERS } from "./traits";

const COUNTED: Readonly<Record<Filter, string>> = { all: "all", "": "undecided", accept: "accept", reject: "reject" };

export class ReviewView {
  readonly #comm: Comm<Traits>;
  readonly #pictures: Pictures;
  readonly #cells: Cells<Item>;
  readonly #window: ItemWindow<Item>;
  readonly #large: Large;
  readonly #redo: Redo;
  readonly #ask: Ask;
  readonly #title = h("span", { class: "bn-title" });
  readonly #badge = h("span", { class: "bn-badge" });
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #status = h("div", { class: "bn-spoken", role: "status" });
  readonly #filters = new Map<Filter, HTMLButtonElement>();
  readonly #acts: HTMLButtonElement[];
  readonly #root: HTMLElement;
  #filter: Filter = "all";
  #version = -1;
  #undecidedYet = 0;
  #here = false;

  constructor(el: HTMLElement, comm: Comm<Traits>, signal: AbortSignal) {
    this.#comm = comm;
    const texts = comm.get("texts");
    this.#pictures = new Pictures(comm, () => this.#pictured(), signal);
    this.#large = new Large(comm, this.#pictures, () => this.#close(), signal);
    this.#redo = new Redo(comm, signal);
    this.#ask = new Ask(signal);
    this.#window = new ItemWindow<Item>(comm, { filter: () => this.#filter, wanted: (items, total) => this.#cells.wanted(items, total), changed: () => this.#draw() }, signal);
    this.#window.held = () => this.#undecidedYet > 0;
    this.#cells = new Cells(texts, this.#pictures, { item: (k) => this.#window.items.get(k), chosen: (k, open) => this.#choose(k, open), say: (item) => this.#say(item), seen: () => this.#window.fetch() }, signal);
    for (const filter of FILTERS) this.#filters.set(filter, button("", "", () => this.#filterBy(filter), signal, { "aria-pressed": "false" }));
    const act = (key: string, run: () => void) => button(text(texts, key), text(texts, key), run, signal);
    this.#acts = [act("do_accept", () => this.#decide("accept")), act("do_reject", () => this.#reject()), act("do_clear", () => this.#decide(""))];
    this.#root = h("div", { class: "bn-root bn-many bn-review", ...NO_SHORTCUTS },
      h("div", { class: "bn-row" }, this.#title, this.#badge),
      h("div", { class: "bn-row bn-bar" },
        h("span", { class: "bn-filters", role: "group", label: text(texts, "filters") }, ...this.#filters.values()),
        h("span", { class: "bn-buttons" }, ...this.#acts, this.#cells.slider)),
      this.#ask.element, this.#fault,
      h("div", { class: "bn-body" }, this.#cells.element, this.#large.element),
      this.#redo.element, this.#status,
      h("div", { class: "bn-hint" }, text(texts, "keys")));
    passSave(this.#root, signal);
    showTooltips(this.#root, signal);
    on(this.#root, "keydown", (event) => this.#keydown(event), signal);
    on(this.#root, "focusin", () => this.#tellFocus(true), signal);
    on(this.#root, "focusout", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.#root.contains(relatedTarget))) this.#tellFocus(false);
    }, signal);
    comm.onMessage((content) => this.#receive(content), signal);
    comm.onGoneChange(() => this.refresh(), signal);
    el.append(this.#root);
    signal.addEventListener("abort", () => this.#root.remove());
    this.refresh();
  }

  /** Show what Python says. */
  refresh(): void {
    const texts = this.#comm.get("texts");
    const { gone } = this.#comm;
    setText(this.#title, this.#comm.get("title"));
    setText(this.#badge, this.#comm.get("badge"));
    this.#badge.hidden = !this.#comm.get("badge");
    setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault"));
    for (const node of this.#acts) node.disabled = gone;
    this.#redo.refresh();
    this.#count();
    const version = this.#comm.get("version");
    if (version !== this.#version && this.#undecidedYet === 0) {
      this.#version = version;
      this.#window.total = this.#comm.get("counts")[this.#filter];
      this.#window.fetch(true);
    }
    this.#draw();
  }

  #count(): void {
    const texts = this.#comm.get("texts");
    const counts = this.#comm.get("counts");
    for (const [filter, node] of this.#filters) {
      const label = text(texts, COUNTED[filter], { count: counts[filter].toLocaleString("en-US") });
      rename(node, label, "F");
      node.setAttribute("aria-pressed", String(filter === this.#filter));
    }
  }

  #draw(): void {
    this.#window.at = Math.max(0, Math.min(this.#window.at, this.#window.total - 1));
    this.#cells.draw(this.#window.total, this.#window.at);
    this.#large.show(this.#window.chosen);
  }

  #pictured(): void {
    this.#cells.redraw();
    this.#large.refresh();
  }

  #receive(content: Record<string, unknown>): void {
    if (content["kind"] === "decided") {
      this.#undecidedYet = Math.max(0, this.#undecidedYet - 1);
      if (this.#undecidedYet === 0) {
        this.#version = -1; // what was shown before Python answered is asked for anew
        this.refresh();
      }
    }
  }

  #say(item: Item): Said {
    const texts = this.#comm.get("texts");
    const { row, picture, decision, reason, note, name, prompt } = item;
    const label = text(texts, "item", { row, picture, decision: text(texts, `is ${decision}`) });
    return {
      label: [label, reason, note].filter(Boolean).join(", "), title: `${name}\n${prompt}`, alt: prompt, name: `${row} · ${name}`, said: [reason, note].filter(Boolean).join(" · "),
      mark: decision === "accept" ? "✓" : decision === "reject" ? "✗" : "", state: decision, selected: false,
    };
  }

  #filterBy(filter: Filter): void {
    this.#filter = filter;
    this.#window.clear(this.#comm.get("counts")[filter]);
    this.#cells.toTop();
    this.#count();
    this.#draw();
    this.#window.fetch(true);
  }

  #choose(at: number, open: boolean): void {
    this.#window.at = at;
    this.#draw();
    this.#cells.focus();
    if (open) this.#open();
  }

  #open(): void {
    this.#root.classList.add("bn-open");
    this.#large.open(this.#window.chosen);
    this.#cells.redraw();
    this.#cells.reveal();
  }

  #close(): void {
    this.#root.classList.remove("bn-open");
    this.#large.close();
    this.#cells.redraw();
    this.#cells.focus();
  }

  /** Decide about the chosen picture, show it at once, and go on to the next one. */
  #decide(decision: Decision, reason = ""): void {
    const item = this.#window.chosen;
    if (!item || this.#comm.gone) return;
    this.#undecidedYet++;
    this.#comm.send({ kind: "decide", id: item.id, decision, reason });
    this.#window.items = decided(this.#window.items, this.#window.at, { decision, reason }, this.#filter);
    const texts = this.#comm.get("texts");
    setText(this.#status, text(texts, "item", { row: item.row, picture: item.picture, decision: text(texts, `is ${decision}`) }));
    if (this.#filter !== "all" && this.#filter !== decision) this.#window.total--;
    else if (decision !== "") this.#window.at = Math.min(this.#window.at + 1, this.#window.total - 1);
    this.#draw();
    this.#cells.focus();
  }

  #reject(): void {
    const item = this.#window.chosen;
    if (!item) return;
    this.#ask.open(text(this.#comm.get("texts"), "reason"), item.decision === "reject" ? item.reason : "", this.#comm.get("reasons"), (reason) => {
      if (reason === null) this.#cells.focus();
      else this.#decide("reject", reason);
    });
  }

  #note(): void {
    const item = this.#window.chosen;
    if (!item) return;
    this.#ask.open(text(this.#comm.get("texts"), "note"), item.note, [], (note) => {
      this.#cells.focus();
      if (note === null || this.#comm.gone) return;
      this.#undecidedYet++;
      this.#comm.send({ kind: "decide", id: item.id, decision: item.decision, reason: item.reason, note });
      this.#window.items.set(this.#window.at, { ...item, note });
      this.#draw();
    });
  }

  /** Tell Python whether keys come here: then it leaves the output under this grid as it is. */
  #tellFocus(here: boolean): void {
    if (here === this.#here) return;
    this.#here = here;
    this.#comm.send({ kind: "focus", here });
  }

  #keydown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing || isTextField(event.target) || event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "Escape" && !event.isComposing) this.#cells.focus();
      return;
    }
    if (this.#large.zoomByKey(event)) return event.preventDefault();
    if (event.target instanceof HTMLInputElement) return; // the arrows of a slider
    const onButton = event.target instanceof HTMLButtonElement;
    const to = onButton ? null : moved(event.key, this.#window.at, this.#cells.columns, this.#cells.page, this.#window.total);
    if (to !== null) {
      event.preventDefault();
      this.#window.at = to;
      this.#cells.reveal(to);
      this.#draw();
      return this.#cells.focus();
    }
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const done = this.#command(event);
    if (done) event.preventDefault();
  }

  #command(event: KeyboardEvent): boolean {
    if (event.shiftKey) return false;
    switch (event.key === "Enter" || event.key === "Escape" ? event.key : event.code) {
      case "KeyA":
        this.#decide("accept");
        return true;
      case "KeyR":
        this.#reject();
        return true;
      case "KeyU":
        this.#decide("");
        return true;
      case "KeyN":
        this.#note();
        return true;
      case "KeyF":
        this.#filterBy(nextFilter(this.#filter));
        this.#cells.focus();
        return true;
      case "Enter":
        if (this.#large.opened) this.#close();
        else this.#open();
        return true;
      case "KeyC":
      case "KeyM":
      case "KeyP":
        if (!this.#large.opened) this.#open();
        if (event.code === "KeyC") this.#large.compare();
        else if (event.code === "KeyM") this.#large.next();
        else this.#large.swapBase();
        return true;
      case "Escape":
        if (this.#large.opened) this.#close();
        else returnFocus(this.#root);
        return true;
      default:
        return false;
    }
  }
}
