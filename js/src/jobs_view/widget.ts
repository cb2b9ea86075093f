// The Jobs of a kernel in a table that is kept up to date; the time that is left is counted here.

import { NO_SHORTCUTS, button, h, on, passSave, returnFocus, setText } from "../page/dom";
import { defineViewWidget } from "../page/define";
import type { Comm, Texts } from "../page/comm";
import { text } from "../page/comm";
import { showTooltips } from "../page/tooltips";
import type { Row } from "./row";
import { columns, line, rest, ticks } from "./row";

interface Traits {
  texts: Texts;
  rows: readonly Row[];
  total: string;
  fault: string;
}

interface Drawn {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  readonly cancel: HTMLButtonElement;
}

class JobsView {
  readonly #comm: Comm<Traits>;
  readonly #body = h("tbody");
  readonly #table: HTMLTableElement;
  readonly #total = h("div", { class: "bn-line", role: "status" });
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #drawn = new Map<string, Drawn>();
  readonly #signal: AbortSignal;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(el: HTMLElement, comm: Comm<Traits>, signal: AbortSignal) {
    this.#comm = comm;
    this.#signal = signal;
    const texts = comm.get("texts");
    const heads = ["head_prompt", "head_call", "head_state", "head_rest"].map((key) => head(text(texts, key)));
    this.#table = h("table", { label: text(texts, "jobs") }, h("thead", {}, h("tr", {}, ...heads, h("td"))), this.#body);
    const root = h("div", { class: "bn-root bn-jobs", ...NO_SHORTCUTS }, h("div", { class: "bn-scroll", tabindex: "0", role: "region", label: text(texts, "jobs") }, this.#table), this.#total, this.#fault);
    passSave(root, signal);
    showTooltips(root, signal);
    on(root, "keydown", (event) => this.#keydown(event, root), signal);
    el.append(root);
    signal.addEventListener("abort", () => {
      clearInterval(this.#timer);
      root.remove();
    });
    comm.onGoneChange(() => this.refresh(), signal);
    this.refresh();
  }

  refresh(): void {
    const rows = this.#comm.get("rows");
    const { gone } = this.#comm;
    setText(this.#total, this.#comm.get("total"));
    setText(this.#fault, gone ? text(this.#comm.get("texts"), "gone") : this.#comm.get("fault"));
    for (const [id, { element }] of this.#drawn) {
      if (rows.some((row) => row.id === id)) continue;
      element.remove();
      this.#drawn.delete(id);
    }
    for (const [k, row] of rows.entries()) this.#draw(row, k);
    const { rest: left, act } = columns(rows);
    this.#table.classList.toggle("bn-no-rest", !left);
    this.#table.classList.toggle("bn-no-act", !act);
    clearInterval(this.#timer);
    if (!gone && rows.some(ticks)) this.#timer = setInterval(() => this.#tick(), 1000);
  }

  #draw(row: Row, k: number): void {
    const drawn = this.#drawn.get(row.id) ?? this.#make(row);
    if (this.#body.children[k] !== drawn.element) this.#body.insertBefore(drawn.element, this.#body.children[k] ?? null);
    const [prompt, call, state] = drawn.cells;
    setText(prompt.firstElementChild as HTMLElement, row.prompt || row.id);
    prompt.title = `${row.id}\n${row.prompt}`;
    setText(call, row.title);
    state.title = row.detail;
    drawn.element.dataset["state"] = row.state;
    drawn.cancel.hidden = !row.cancel;
    drawn.cancel.disabled = this.#comm.gone;
    this.#count(row, drawn);
  }

  #make(row: Row): Drawn {
    const texts = this.#comm.get("texts");
    const label = text(texts, "cancel_job", { id: row.id });
    const cancel = button(label, text(texts, "cancel"), () => {
      cancel.disabled = true; // until Python says something new
      this.#comm.send({ kind: "cancel", id: row.id });
    }, this.#signal);
    const cells = [h("td", { class: "bn-prompt" }, h("div")), h("td", { class: "bn-call" }), h("td", { class: "bn-state" }), h("td", { class: "bn-rest" })] as const;
    const drawn = { element: h("tr", {}, ...cells, h("td", { class: "bn-act" }, cancel)), cells, cancel };
    this.#drawn.set(row.id, drawn);
    return drawn;
  }

  /** Up and down go from one Cancel to the next; Escape leaves. */
  #keydown(event: KeyboardEvent, root: HTMLElement): void {
    event.stopPropagation();
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const buttons = [...this.#body.querySelectorAll("button")].filter((node) => !node.hidden && !node.disabled);
    const at = buttons.findIndex((node) => node === event.target);
    if (event.key === "Escape") returnFocus(root);
    else if (step !== undefined && at >= 0) buttons[at + step]?.focus();
    else return;
    event.preventDefault();
  }

  #tick(): void {
    for (const row of this.#comm.get("rows")) {
      const drawn = this.#drawn.get(row.id);
      if (drawn && ticks(row)) this.#count(row, drawn);
    }
  }

  #count(row: Row, { cells: [, , state, left] }: Drawn): void {
    const now = Date.now();
    const seconds = rest(row, now);
    setText(state, [line(row, now), row.outcome].filter(Boolean).join(" · "));
    setText(left, seconds === null ? "" : text(this.#comm.get("texts"), "rest", { seconds }));
  }
}

function head(label: string): HTMLElement {
  const node = h("th", {}, label);
  node.scope = "col";
  return node;
}

export default defineViewWidget<Traits>(JobsView, ["rows", "total", "fault"]);
