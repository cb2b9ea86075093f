// The card of one Job: a line that is kept up to date, a bar, Run and Cancel buttons, and the picture at the end.

import { NO_SHORTCUTS, button, h, setText } from "../page/dom";
import { defineViewWidget } from "../page/define";
import { showTooltips } from "../page/tooltips";
import type { Comm, Texts } from "../page/comm";
import { text } from "../page/comm";
import { BlobUrls } from "../page/blobs";
import type { Card } from "./card";
import { line, progress, ticks } from "./card";

interface Traits {
  texts: Texts;
  card: Card;
  fault: string;
}

class CardView {
  readonly #comm: Comm<Traits>;
  readonly #title = h("span", { class: "bn-title" });
  readonly #badge = h("span", { class: "bn-badge" });
  readonly #line = h("div", { class: "bn-line", role: "status" });
  readonly #detail = h("div", { class: "bn-detail" });
  readonly #barFill = h("div");
  readonly #bar = h("div", { class: "bn-progress", role: "progressbar" }, this.#barFill);
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #thumb = h("img", { class: "bn-thumb", alt: "", hidden: "" });
  readonly #run: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #buttons: HTMLElement;
  readonly #root: HTMLElement;
  readonly #urls: BlobUrls;
  #said = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(el: HTMLElement, comm: Comm<Traits>, signal: AbortSignal) {
    this.#comm = comm;
    this.#urls = new BlobUrls(signal);
    const [run, cancel] = ["run", "cancel"].map((name) => text(comm.get("texts"), name)) as [string, string];
    this.#run = button(run, run, () => this.#send(this.#run, "run"), signal, { class: "bn-button bn-primary" });
    this.#cancel = button(cancel, cancel, () => this.#send(this.#cancel, "cancel"), signal);
    this.#buttons = h("span", { class: "bn-buttons" }, this.#cancel);
    const head = h("div", { class: "bn-row" }, this.#title, this.#badge, this.#buttons);
    this.#root = h("div", { class: "bn-root bn-card", ...NO_SHORTCUTS }, head, this.#bar, this.#line, this.#detail, this.#fault, this.#thumb);
    showTooltips(this.#root, signal);
    el.append(this.#root);
    signal.addEventListener("abort", () => {
      clearInterval(this.#timer);
      this.#root.remove();
    });
    comm.onGoneChange(() => this.refresh(), signal);
    this.refresh();
  }

  refresh(): void {
    const card = this.#comm.get("card");
    const { gone } = this.#comm;
    this.#root.dataset["state"] = card.state;
    this.#line.dataset["state"] = card.state;
    setText(this.#title, card.title);
    setText(this.#badge, card.badge);
    this.#badge.hidden = !card.badge;
    setText(this.#detail, card.detail);
    const said = card.state + card.line;
    this.#line.setAttribute("aria-live", said === this.#said ? "off" : "polite"); // else a screen reader would hear every second
    this.#said = said;
    setText(this.#fault, gone ? text(this.#comm.get("texts"), "gone") : this.#comm.get("fault"));
    this.#cancel.hidden = !card.cancel;
    this.#run.disabled = this.#cancel.disabled = gone;
    this.#showRun(card.run === true);
    const final = card.state === "done" || card.state === "failed";
    this.#bar.hidden = final || card.run === true;
    this.#tick();
    clearInterval(this.#timer);
    if (ticks(card) && !gone) {
      this.#timer = setInterval(() => {
        this.#line.setAttribute("aria-live", "off");
        this.#tick();
      }, 1000);
    }
    this.#thumb.hidden = card.thumb.byteLength === 0;
    if (!this.#thumb.hidden) this.#thumb.src = this.#urls.set("thumb", card.thumb);
    this.#thumb.alt = card.title;
  }

  #tick(): void {
    const card = this.#comm.get("card");
    const share = progress(card, Date.now());
    setText(this.#line, line(card, Date.now()));
    this.#bar.classList.toggle("bn-unknown", share === null);
    this.#bar.setAttribute("aria-label", card.title);
    if (share === null) this.#bar.removeAttribute("aria-valuenow");
    else this.#bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    this.#barFill.style.width = share === null ? "" : `${share * 100}%`;
  }

  /** Have the Run button or none; a focus on it moves to Cancel when it goes. */
  #showRun(run: boolean): void {
    if (run === this.#run.isConnected) return;
    const focused = (this.#root.getRootNode() as Document | ShadowRoot).activeElement === this.#run;
    if (run) this.#buttons.prepend(this.#run);
    else this.#run.remove();
    if (focused && !this.#cancel.hidden) this.#cancel.focus({ preventScroll: true });
  }

  #send(clicked: HTMLButtonElement, kind: "run" | "cancel"): void {
    clicked.disabled = true; // until Python says something new
    this.#comm.send({ kind });
  }
}

export default defineViewWidget<Traits>(CardView, ["card", "fault"]);
