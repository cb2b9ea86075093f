// The live view of a whole batch: a bar, counts, pace, the newest pictures, failures by reason, and its buttons.

import { NO_SHORTCUTS, button, h, keyed, on, passSave, returnFocus, setText } from "../page/dom";
import { defineViewWidget } from "../page/define";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import { showTooltips } from "../page/tooltips";
import type { Now, Traits } from "./traits";
import { Newest } from "./newest";

const BUTTONS = ["run", "go_on", "pause", "cancel", "retry"] as const;
type Pressed = (typeof BUTTONS)[number];
/** What one key does, whichever of them can be seen; what begins to spend or throws away has none. */
const PAUSES: readonly Pressed[] = ["pause", "go_on"];
const LABELS: Readonly<Record<Pressed, string>> = { run: "run", go_on: "go_on", pause: "pause", cancel: "cancel_unsent", retry: "retry_failed" };

class BatchView {
  readonly #comm: Comm<Traits>;
  readonly #title = h("span", { class: "bn-title" });
  readonly #badge = h("span", { class: "bn-badge" });
  readonly #words = h("span", { class: "bn-words", role: "status" });
  readonly #parts = ["done", "failed", "sent"].map((name) => h("div", { class: `bn-part bn-${name}` }));
  readonly #bar: HTMLElement;
  readonly #line = h("span", { class: "bn-counts" });
  readonly #pace = h("span", { class: "bn-pace" });
  readonly #plan = h("div", { class: "bn-plan" });
  readonly #why = h("div", { class: "bn-why", role: "alert" });
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #failures = h("div", { class: "bn-failures" });
  readonly #newest: Newest;
  readonly #buttons = new Map<Pressed, HTMLButtonElement>();
  readonly #root: HTMLElement;
  #drawn = "";

  constructor(el: HTMLElement, comm: Comm<Traits>, signal: AbortSignal) {
    this.#comm = comm;
    const texts = comm.get("texts");
    this.#newest = new Newest(comm, signal);
    this.#bar = h("div", { class: "bn-bar", role: "progressbar", label: text(texts, "progress"), "aria-valuemin": "0", "aria-valuemax": "100" }, ...this.#parts);
    for (const name of BUTTONS) {
      const label = text(texts, LABELS[name]);
      const primary = name === "run" || name === "go_on";
      const node = button(label, label, () => this.#press(name), signal, primary ? { class: "bn-button bn-primary" } : {});
      this.#buttons.set(name, PAUSES.includes(name) ? keyed(node, "P") : node);
    }
    this.#root = h("div", { class: "bn-root bn-batch", ...NO_SHORTCUTS },
      h("div", { class: "bn-row" }, this.#title, this.#badge, this.#words, h("span", { class: "bn-buttons" }, ...this.#buttons.values())),
      this.#bar,
      h("div", { class: "bn-row bn-numbers" }, this.#line, this.#pace),
      this.#plan, this.#why, this.#fault, this.#newest.element, this.#failures,
    );
    passSave(this.#root, signal);
    showTooltips(this.#root, signal);
    on(this.#root, "keydown", (event) => this.#keydown(event), signal);
    el.append(this.#root);
    signal.addEventListener("abort", () => this.#root.remove());
    comm.onGoneChange(() => this.refresh(), signal);
    this.refresh();
  }

  refresh(): void {
    const now = this.#comm.get("now");
    const texts = this.#comm.get("texts");
    const { gone } = this.#comm;
    this.#root.dataset["state"] = now.state;
    setText(this.#title, this.#comm.get("title"));
    setText(this.#badge, this.#comm.get("badge"));
    this.#badge.hidden = !this.#comm.get("badge");
    setText(this.#words, now.words);
    setText(this.#line, now.line);
    setText(this.#pace, now.pace);
    setText(this.#why, now.why);
    setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault"));
    this.#fill(now);
    this.#showButtons(now, gone);
    this.#newest.refresh(now.newest);
    const drawn = JSON.stringify([now.plan, now.problems, now.failures]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#plan.replaceChildren(
      ...now.plan.map((line) => h("div", {}, line)),
      ...now.problems.map((line) => h("div", { class: "bn-problem" }, line)),
    );
    this.#listFailures(now);
  }

  #fill(now: Now): void {
    this.#parts.forEach((part, k) => (part.style.width = `${(now.parts[k] ?? 0) * 100}%`));
    const ended = (now.parts[0] ?? 0) + (now.parts[1] ?? 0);
    this.#bar.setAttribute("aria-valuenow", String(Math.floor(100 * ended)));
    this.#bar.setAttribute("aria-valuetext", now.line);
  }

  /** Show the buttons that mean something now; a focus on one that goes moves to the first that is left. */
  #showButtons(now: Now, gone: boolean): void {
    const focused = (this.#root.getRootNode() as Document | ShadowRoot).activeElement;
    let lost = false;
    for (const [name, node] of this.#buttons) {
      const shown = now.buttons[name] === true;
      lost ||= node === focused && !shown;
      node.hidden = !shown;
      node.disabled = gone;
    }
    if (lost) [...this.#buttons.values()].find((node) => !node.hidden)?.focus({ preventScroll: true });
  }

  #listFailures(now: Now): void {
    const texts = this.#comm.get("texts");
    if (now.failures.length === 0) return this.#failures.replaceChildren();
    const heads = ["failure_rows", "failure_code", "failure_reason", "failure_first"].map((key) => h("th", {}, text(texts, key)));
    const rows = now.failures.map((each) =>
      h("tr", {}, h("td", { class: "bn-number" }, each.count), h("td", { class: "bn-code" }, each.code), h("td", { class: "bn-reason" }, each.reason), h("td", { class: "bn-number" }, String(each.first))));
    this.#failures.replaceChildren(
      h("table", {}, h("caption", {}, text(texts, "failures")), h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)));
  }

  #keydown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const pauses = PAUSES.map((name) => this.#buttons.get(name)).find((node) => node && !node.hidden && !node.disabled);
    if (event.key === "Escape") returnFocus(this.#root);
    else if (event.code === "KeyP" && pauses) pauses.click();
    else return;
    event.preventDefault();
  }

  /** Send once: the button comes back with Python's answer. */
  #press(name: Pressed): void {
    const node = this.#buttons.get(name);
    if (node) node.disabled = true;
    this.#comm.send({ kind: name });
  }
}

export default defineViewWidget<Traits>(BatchView, ["title", "badge", "now", "fault", "answered"]);
