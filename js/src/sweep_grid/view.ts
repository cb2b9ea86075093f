// One sweep in one output: plan, cells in rows and columns, and the viewer under them.

import { NO_SHORTCUTS, button, h, icon, isTextField, on, passSave, returnFocus, setText } from "../page/dom";
import { ICONS } from "../page/icons";
import type { Comm, Texts } from "../page/comm";
import { text } from "../page/comm";
import { showTooltips } from "../page/tooltips";
import { PictureCache } from "./pictures";
import type { Cell, Filter } from "./model";
import { count, gridCommand, layout, move, passes } from "./model";
import type { Traits } from "./traits";
import { Viewer } from "./viewer";

/** Milliseconds of a frame in which cells are drawn, and how many are drawn whatever they take. */
const FILL_MS = 10;
const FILL_LEAST = 12;

export class GridView {
  readonly #comm: Comm<Traits>;
  readonly #signal: AbortSignal;
  readonly #pictures: PictureCache;
  readonly #viewer: Viewer;
  readonly #title = h("span", { class: "bn-title" });
  readonly #badge = h("span", { class: "bn-badge" });
  readonly #progress = h("span", { class: "bn-count", role: "status" });
  readonly #plan = h("div", { class: "bn-plan" });
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #table = h("div", { class: "bn-table", role: "grid" });
  readonly #run: HTMLButtonElement;
  readonly #retry: HTMLButtonElement;
  readonly #root: HTMLElement;
  readonly #nodes = new Map<string, HTMLElement>();
  readonly #drawn = new Map<string, string>();
  #lines: readonly HTMLElement[] = [];
  readonly #filters = new Map<Filter, HTMLButtonElement>();
  #frame = 0;
  #filter: Filter | null = null;
  #shape = "";
  #selected = "";
  #base = "";

  constructor(el: HTMLElement, comm: Comm<Traits>, signal: AbortSignal) {
    this.#comm = comm;
    this.#signal = signal;
    this.#pictures = new PictureCache(comm, () => this.refresh(), signal);
    const events = { selected: (id: string) => this.#select(id), closed: () => this.#close(), baseChanged: (base: string) => this.#markBase(base) };
    this.#viewer = new Viewer(comm, this.#pictures, events, signal);
    const texts = comm.get("texts");
    this.#run = button(text(texts, "run"), text(texts, "run"), () => this.#sendOnce(this.#run, { kind: "run" }), signal, { class: "bn-button bn-primary" });
    this.#retry = button(text(texts, "retry_failed"), text(texts, "retry_failed"), () => this.#sendOnce(this.#retry, { kind: "retry", ids: this.#failed() }), signal);
    for (const kind of ["starred", "failed"] as const) {
      const label = text(texts, `only_${kind}`);
      this.#filters.set(kind, button(label, label, () => this.#filterBy(kind), signal, { "aria-pressed": "false" }));
    }
    this.#root = h(
      "div",
      { class: "bn-root bn-grid", ...NO_SHORTCUTS },
      h("div", { class: "bn-row" }, this.#title, this.#badge, this.#progress, ...this.#filters.values(), this.#size(texts), this.#captions(texts), this.#run, this.#retry),
      this.#plan,
      this.#fault,
      h("div", { class: "bn-body" }, this.#table, this.#viewer.element),
      h("div", { class: "bn-hint" }, text(texts, "grid_keys")),
    );
    passSave(this.#root, signal);
    showTooltips(this.#root, signal);
    on(this.#root, "keydown", (event) => this.#keydown(event), signal);
    el.append(this.#root);
    signal.addEventListener("abort", () => {
      cancelAnimationFrame(this.#frame);
      this.#root.remove();
    });
    comm.onGoneChange(() => this.refresh(), signal);
    this.#draw();
  }

  /** Show what Python says, with the next frame: one message changes several traits, and many come when a sweep fills. */
  refresh(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const cells = this.#comm.get("cells");
    const plan = this.#comm.get("plan");
    const texts = this.#comm.get("texts");
    const { gone } = this.#comm;
    this.#pictures.refresh(cells);
    if (!cells.some((cell) => cell.id === this.#selected)) this.#selected = cells[0]?.id ?? "";
    setText(this.#title, this.#comm.get("title"));
    setText(this.#badge, this.#comm.get("badge"));
    this.#badge.hidden = !this.#comm.get("badge");
    const counts = count(cells);
    setText(this.#progress, text(texts, "grid_count", { ...counts }) + (counts.failed > 0 ? text(texts, "grid_failed", { ...counts }) : ""));
    this.#run.hidden = !plan.run;
    this.#retry.hidden = !cells.some((cell) => cell.retry);
    this.#run.disabled = this.#retry.disabled = gone;
    this.#plan.replaceChildren(
      ...plan.lines.map((line) => h("div", {}, line)),
      ...plan.problems.map((line) => h("div", { class: "bn-problem" }, line)),
    );
    setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault"));
    this.#arrange(cells);
    this.#fillSome(cells, gone);
    this.#leaveOut(cells);
    this.#markBase(this.#viewer.base);
    this.#viewer.refresh();
  }

  /** Build rows and columns anew, only when the shape of the sweep has changed. */
  #arrange(cells: readonly Cell[]): void {
    const axes = this.#comm.get("axes");
    const shape = JSON.stringify([axes, cells.map((cell) => [cell.id, cell.at])]);
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#nodes.clear();
    this.#drawn.clear();
    const { across, columns, rows } = layout(axes, cells);
    const named = rows.some((row) => row.label);
    this.#table.style.gridTemplateColumns = `${named ? "max-content " : ""}repeat(${Math.max(1, columns.length)}, minmax(var(--bn-cell), 1fr))`;
    const heads = columns.map((value) => h("div", { class: "bn-head", role: "columnheader", title: `${across} ${value}` }, h("span", { class: "bn-axis" }, `${across} `), value));
    const head = h("div", { class: "bn-cells", role: "row" }, named ? h("div", { class: "bn-head" }) : null, ...heads);
    const lines = rows.map((row) =>
      h("div", { class: "bn-cells", role: "row" },
        named ? h("div", { class: "bn-head", role: "rowheader" }, row.label) : null,
        ...row.cells.map((cell) => (cell ? this.#make(cell) : h("div", { class: "bn-hole" })))));
    this.#lines = lines;
    this.#table.replaceChildren(...(columns.length > 0 ? [head] : []), ...lines);
  }

  #make(cell: Cell): HTMLElement {
    const node = h("div", { class: "bn-cell", role: "gridcell", tabindex: "-1", title: cell.title });
    on(node, "click", () => this.#select(cell.id, true), this.#signal);
    on(node, "dblclick", () => this.#viewer.open(cell.id), this.#signal);
    on(node, "focus", () => this.#select(cell.id), this.#signal);
    this.#nodes.set(cell.id, node);
    return node;
  }

  /** Fill what has changed, and leave to the next frames what takes too long for one. */
  #fillSome(cells: readonly Cell[], gone: boolean): void {
    const until = performance.now() + FILL_MS;
    let filled = 0;
    for (const cell of cells) {
      if (this.#fill(cell, gone) && ++filled >= FILL_LEAST && performance.now() > until) return this.refresh();
    }
  }

  /** Draw a cell that is not as it should be; true when it was drawn. */
  #fill(cell: Cell, gone: boolean): boolean {
    const node = this.#nodes.get(cell.id);
    if (!node) return false;
    this.#setSelected(cell.id, cell.id === this.#selected);
    const url = this.#pictures.thumb(cell);
    const state = JSON.stringify([cell, url, gone, cell.retry ? this.#comm.get("answered") : 0]);
    if (this.#drawn.get(cell.id) === state) return false;
    this.#drawn.set(cell.id, state);
    const texts = this.#comm.get("texts");
    node.dataset["state"] = cell.state;
    const image = url ? h("img", { alt: cell.title }) : null;
    if (image && url) image.src = url;
    const again = text(texts, "retry");
    const retry: HTMLButtonElement | null = cell.retry ? button(again, icon(ICONS.redo), () => this.#sendOnce(retry, { kind: "retry", ids: [cell.id] }), this.#signal) : null;
    if (retry) retry.append(h("span", {}, again));
    if (retry) retry.disabled = gone;
    const mark = (key: "star" | "winner", path: string, pressed: boolean) =>
      button(`${text(texts, key)} (${key === "star" ? "S" : "W"})`, icon(path), () => this.#mark(key, cell.id), this.#signal, {
        class: `bn-button bn-mark bn-${key}`,
        "aria-pressed": String(pressed),
        tabindex: "-1",
      });
    const failed = cell.state === "failed" || cell.state === "invalid";
    const focused = (node.getRootNode() as Document | ShadowRoot).activeElement;
    const focusedInside = focused !== node && node.contains(focused);
    node.replaceChildren(
      h("div", { class: "bn-picture" }, image ?? h("span", { class: "bn-state" }, text(texts, `cell ${cell.state}`))),
      ...(cell.version > 0 ? [h("div", { class: "bn-marks" }, mark("star", ICONS.star, cell.starred), mark("winner", ICONS.cup, cell.winner))] : []),
      h("div", { class: "bn-caption" }, cell.line),
      ...(failed ? [h("div", { class: "bn-reason", title: [cell.code, cell.reason, cell.todo].filter(Boolean).join("\n") }, h("code", {}, cell.code), h("div", {}, cell.reason), h("div", { class: "bn-todo" }, cell.todo), retry)] : []),
    );
    node.classList.toggle("bn-won", cell.winner);
    node.classList.toggle("bn-marked", cell.starred || cell.winner);
    if (focusedInside) node.focus({ preventScroll: true }); // the button that had it is gone
    return true;
  }

  /** Show only what is starred, or only what has failed; pressed again, everything. */
  #filterBy(kind: Filter): void {
    this.#filter = this.#filter === kind ? null : kind;
    this.refresh();
  }

  #leaveOut(cells: readonly Cell[]): void {
    const counts = { starred: cells.some((cell) => cell.starred), failed: cells.some((cell) => cell.state === "failed") };
    if (this.#filter && !counts[this.#filter]) this.#filter = null; // the last of them is gone
    for (const [kind, node] of this.#filters) {
      node.hidden = !counts[kind];
      node.setAttribute("aria-pressed", String(kind === this.#filter));
    }
    for (const cell of cells) this.#nodes.get(cell.id)?.classList.toggle("bn-out", !passes(cell, this.#filter));
    for (const line of this.#lines) line.hidden = this.#filter !== null && !line.querySelector(".bn-cell:not(.bn-out)");
  }

  /** A slider for the size of the cells. */
  #size(texts: Texts): HTMLElement {
    const label = text(texts, "cell_size");
    const slider = h("input", { type: "range", class: "bn-slider bn-cell-size", min: "40", max: "320", step: "8", value: "96", title: label, label });
    on(slider, "input", () => this.#root.style.setProperty("--bn-chosen", `${slider.value}px`), this.#signal);
    return slider;
  }

  /** A button that takes the words under the pictures away, and brings them back. */
  #captions(texts: Texts): HTMLElement {
    const label = text(texts, "captions");
    const toggle = button(label, label, () => {
      const bare = this.#root.classList.toggle("bn-bare");
      toggle.setAttribute("aria-pressed", String(!bare));
    }, this.#signal, { class: "bn-button bn-captions", title: text(texts, "captions title"), "aria-pressed": "true" });
    return toggle;
  }

  /** Bring a cell into sight within the table, so that the page does not jump away from the large picture. */
  #reveal(node: HTMLElement): void {
    const [box, seen] = [node.getBoundingClientRect(), this.#table.getBoundingClientRect()];
    const shift = (start: number, end: number, from: number, to: number) => (start < from ? start - from : end > to ? Math.min(end - to, start - from) : 0);
    const head = this.#table.querySelector(".bn-head");
    this.#table.scrollTop += shift(box.top, box.bottom, seen.top + (head?.clientHeight ?? 0), seen.bottom);
    this.#table.scrollLeft += shift(box.left, box.right, seen.left + (head?.clientWidth ?? 0), seen.right);
  }

  #setSelected(id: string, selected: boolean): void {
    const node = this.#nodes.get(id);
    if (!node || node.getAttribute("aria-selected") === String(selected)) return;
    node.tabIndex = selected ? 0 : -1;
    node.setAttribute("aria-selected", String(selected));
  }

  #select(id: string, focus = false): void {
    const changed = id !== this.#selected;
    if (changed) this.#setSelected(this.#selected, false);
    this.#selected = id;
    this.#setSelected(id, true);
    const node = this.#nodes.get(id);
    if (focus) node?.focus({ preventScroll: !changed || this.#viewer.opened });
    if (node && changed && this.#viewer.opened) this.#reveal(node);
    if (changed) this.#viewer.show(id);
    else this.#viewer.refresh();
  }

  #keydown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing || isTextField(event.target)) return;
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyA") event.preventDefault(); // it would select the page
    if (!event.ctrlKey && !event.metaKey && !event.altKey && this.#viewer.zoomByKey(event)) return event.preventDefault();
    const what = gridCommand(event);
    if (!what) return;
    const onCell = event.target instanceof HTMLElement && this.#nodes.get(this.#selected) === event.target;
    if (!onCell && what.do === "open") return; // Enter on a button presses it
    if (!onCell && what.do === "move" && !this.#viewer.isPicture(event.target)) return; // arrows on a slider move it
    event.preventDefault();
    switch (what.do) {
      case "move":
        return this.#select(move(layout(this.#comm.get("axes"), this.#comm.get("cells").filter((cell) => passes(cell, this.#filter))), this.#selected, what.dx, what.dy), onCell);
      case "open":
        return this.#viewer.open(this.#selected);
      case "star":
      case "winner":
        return this.#mark(what.do, this.#selected);
      case "compare":
      case "mode":
      case "difference":
        return this.#viewer.compare(what.do, this.#selected);
      case "fit":
        return this.#viewer.fit();
      case "leave":
        return this.#viewer.opened ? this.#close() : returnFocus(this.#root);
    }
  }

  /** Mark the cell that the others are compared with. */
  #markBase(base: string): void {
    if (base !== this.#base) this.#nodes.get(this.#base)?.classList.remove("bn-base");
    this.#base = base;
    this.#nodes.get(base)?.classList.add("bn-base");
  }

  #close(): void {
    this.#viewer.close();
    this.#nodes.get(this.#selected)?.focus();
  }

  #mark(kind: "star" | "winner", id: string): void {
    this.#comm.send({ kind, id });
  }

  #failed(): string[] {
    return this.#comm.get("cells").filter((cell) => cell.retry).map((cell) => cell.id);
  }

  /** Send what costs money once; the button comes back when Python has answered. */
  #sendOnce(clicked: HTMLButtonElement | null, content: object): void {
    if (clicked) clicked.disabled = true;
    this.#comm.send(content);
  }
}
