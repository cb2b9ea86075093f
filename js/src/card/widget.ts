// The card of one Job: a line that is kept up to date, a bar, Run and Cancel buttons, and the picture at the end.

import { QUIET, button, h, setText } from "../page/dom";
import { defineViewWidget } from "../page/define";
import type { Link, Texts } from "../page/link";
import { text } from "../page/link";
import { Pictures } from "../page/picture";
import type { Card } from "./card";
import { line, progress, ticks } from "./card";

interface Traits {
  texts: Texts;
  card: Card;
  fault: string;
}

class CardView {
  readonly #link: Link<Traits>;
  readonly #title = h("span", { class: "bn-title" });
  readonly #badge = h("span", { class: "bn-badge" });
  readonly #line = h("div", { class: "bn-line", role: "status" });
  readonly #detail = h("div", { class: "bn-detail" });
  readonly #done = h("div");
  readonly #bar = h("div", { class: "bn-progress", role: "progressbar" }, this.#done);
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #thumb = h("img", { class: "bn-thumb", alt: "", hidden: "" });
  readonly #run: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #buttons: HTMLElement;
  readonly #root: HTMLElement;
  readonly #pictures: Pictures;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(el: HTMLElement, link: Link<Traits>, signal: AbortSignal) {
    this.#link = link;
    this.#pictures = new Pictures(signal);
    const [run, cancel] = ["run", "cancel"].map((name) => text(link.get("texts"), name)) as [string, string];
    this.#run = button(run, run, () => this.#ask(this.#run, "run"), signal, { class: "bn-button bn-primary" });
    this.#cancel = button(cancel, cancel, () => this.#ask(this.#cancel, "cancel"), signal);
    this.#buttons = h("span", { class: "bn-buttons" }, this.#cancel);
    const head = h("div", { class: "bn-row" }, this.#title, this.#badge, this.#buttons);
    this.#root = h("div", { class: "bn-root bn-card", ...QUIET }, head, this.#bar, this.#line, this.#detail, this.#fault, this.#thumb);
    el.append(this.#root);
    signal.addEventListener("abort", () => {
      clearInterval(this.#timer);
      this.#root.remove();
    });
    link.watch(() => this.refresh(), signal);
    this.refresh();
  }

  refresh(): void {
    const card = this.#link.get("card");
    const { gone } = this.#link;
    this.#root.dataset["state"] = card.state;
    this.#line.dataset["state"] = card.state;
    setText(this.#title, card.title);
    setText(this.#badge, card.badge);
    this.#badge.hidden = !card.badge;
    setText(this.#detail, card.detail);
    setText(this.#fault, gone ? text(this.#link.get("texts"), "gone") : this.#link.get("fault"));
    this.#cancel.hidden = !card.cancel;
    this.#run.disabled = this.#cancel.disabled = gone;
    this.#offer(card.run === true);
    const final = card.state === "done" || card.state === "failed";
    this.#bar.hidden = final || card.run === true;
    this.#tick();
    clearInterval(this.#timer);
    if (ticks(card) && !gone) this.#timer = setInterval(() => this.#tick(), 1000);
    this.#thumb.hidden = card.thumb.byteLength === 0;
    if (!this.#thumb.hidden) this.#thumb.src = this.#pictures.set("thumb", card.thumb);
    this.#thumb.alt = card.title;
  }

  #tick(): void {
    const card = this.#link.get("card");
    const share = progress(card, Date.now());
    setText(this.#line, line(card, Date.now()));
    this.#bar.classList.toggle("bn-unknown", share === null);
    this.#done.style.width = share === null ? "" : `${share * 100}%`;
  }

  /** Have the Run button or none; who pressed it by key finds the focus on the next one. */
  #offer(run: boolean): void {
    if (run === this.#run.isConnected) return;
    const focused = (this.#root.getRootNode() as Document | ShadowRoot).activeElement === this.#run;
    if (run) this.#buttons.prepend(this.#run);
    else this.#run.remove();
    if (focused && !this.#cancel.hidden) this.#cancel.focus({ preventScroll: true });
  }

  #ask(pressed: HTMLButtonElement, kind: "run" | "cancel"): void {
    pressed.disabled = true; // until Python says something new
    this.#link.send({ kind });
  }
}

export default defineViewWidget<Traits>(CardView, ["card", "fault"]);
