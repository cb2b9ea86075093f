// One painter in one output: puts stage, toolbar, status and prompt together and carries out commands.

import { NO_SHORTCUTS, h, isTextField, on, returnFocus, setText } from "../page/dom";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import { blobOf } from "../page/blobs";
import type { Brush } from "./brush";
import type { Command } from "./keys";
import { command } from "./keys";
import { BoxFields } from "./box_fields";
import { Pointer } from "./pointer";
import type { ResultPicture, RunState } from "./prompt";
import { Prompt } from "./prompt";
import { Stage } from "./stage";
import type { Store } from "./store";
import { Toolbar } from "./toolbar";
import type { Traits } from "./traits";

const SHORTCUTS = ["B E X", "L P U O G", "[ ]", "Shift+V", "Ctrl+Z", "Ctrl+wheel", "Space", "Shift+click", "0 1", "H", "arrows", "Esc"];

export class PainterView {
  readonly #root: HTMLElement;
  readonly #comm: Comm<Traits>;
  readonly #store: Store;
  readonly #brush: Brush;
  readonly #stage: Stage;
  readonly #pointer: Pointer;
  readonly #toolbar: Toolbar;
  readonly #boxFields: BoxFields;
  readonly #prompt: Prompt;
  readonly #status = h("div", { class: "bn-status", role: "status", "aria-live": "polite" });
  readonly #position = h("span", { class: "bn-where" });
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #help: HTMLElement;
  #hidden = false;
  #measured = "";
  #unmeasured = true;
  #late = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(el: HTMLElement, comm: Comm<Traits>, store: Store, brush: Brush, signal: AbortSignal) {
    this.#comm = comm;
    this.#store = store;
    this.#brush = brush;
    const texts = comm.get("texts");
    const appearance = () => {
      const shape = this.#pointer.shape;
      return { opacity: brush.opacity, hidden: this.#hidden, outline: shape?.outline() ?? [], closed: !(shape?.isPolygon ?? false) };
    };
    this.#stage = new Stage(store.bitmap, appearance, signal);
    this.#pointer = new Pointer(this.#stage, store, brush, () => this.#refresh(), signal);
    this.#toolbar = new Toolbar(brush, texts, (what) => this.#do(what), () => this.#redraw(), signal);
    this.#boxFields = new BoxFields(store.bitmap, brush, texts, (op) => store.apply(op), signal);
    this.#prompt = new Prompt(texts, (prompt) => this.#run(prompt), () => comm.send({ kind: "cancel" }), signal);
    this.#help = h("div", { class: "bn-help", hidden: "" }, ...SHORTCUTS.flatMap((keys) => [h("span", { class: "bn-keys" }, keys), h("span", {}, text(texts, `key ${keys}`))]));
    const stage = this.#stage.element;
    stage.setAttribute("role", "application");
    stage.setAttribute("aria-label", text(texts, "stage"));
    this.#root = h(
      "div",
      { class: "bn-root bn-painter", ...NO_SHORTCUTS },
      this.#toolbar.element,
      this.#boxFields.element,
      this.#help,
      this.#fault,
      stage,
      h("div", { class: "bn-foot" }, this.#status, this.#position),
      this.#prompt.element,
    );
    on(this.#root, "keydown", (event) => this.#keydown(event), signal);
    on(this.#root, "keyup", (event) => this.#keyup(event), signal);
    on(this.#root, "focusout", () => this.#releaseKeys(), signal);
    el.append(this.#root);
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#root.remove();
    });
    store.onChange((box) => {
      if (box) {
        this.#unmeasured = true;
        this.#stage.redraw(box);
      }
      this.#refresh();
    }, signal);
    comm.onGoneChange(() => this.refresh(), signal);
    this.refresh();
    this.results();
  }

  /** Show the picture; called again when all of its pixels have come. */
  async picture(data: DataView): Promise<void> {
    const blob = blobOf(data);
    if (blob.size === 0) return;
    try {
      this.#stage.image = await createImageBitmap(blob);
    } catch {
      setText(this.#fault, text(this.#comm.get("texts"), "undecodable"));
    }
  }

  results(): void {
    const { titles, data } = this.#comm.get("results");
    this.#prompt.results(titles.map<ResultPicture>((title, k) => ({ title, data: data[k] ?? new DataView(new ArrayBuffer(0)) })));
  }

  /** Show what Python says. */
  refresh(): void {
    const texts = this.#comm.get("texts");
    const gone = this.#comm.gone;
    const run: RunState = this.#comm.get("run");
    this.#root.classList.toggle("bn-gone", gone);
    setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault"));
    this.#prompt.show(run, gone);
    this.#refresh();
  }

  #refresh(): void {
    const texts = this.#comm.get("texts");
    this.#toolbar.refresh(!this.#store.canUndo, !this.#store.canRedo);
    this.#boxFields.refresh();
    this.#pointer.showRing();
    if (this.#unmeasured && !this.#pointer.busy) {
      this.#unmeasured = false;
      const { bitmap } = this.#store;
      const { count, box } = bitmap.measure();
      const values = { percent: ((100 * count) / (bitmap.width * bitmap.height)).toFixed(1), width: bitmap.width, height: bitmap.height };
      const where = box ? text(texts, "box", { x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1 }) : "";
      this.#measured = [text(texts, "coverage", values), where].filter(Boolean).join(" · ");
    }
    const warning = this.#comm.get("shown").warning;
    setText(this.#status, [this.#measured, warning, this.#waiting()].filter(Boolean).join(" · "));
    const cursor = this.#pointer.cursor;
    setText(this.#position, cursor ? `${Math.floor(cursor[0])}, ${Math.floor(cursor[1])}` : "");
  }

  /** Say that Python has not answered, after a while. */
  #waiting(): string {
    if (!this.#store.pending || this.#comm.gone) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#late = false;
      return "";
    }
    this.#timer ??= setTimeout(() => {
      this.#late = true;
      this.#refresh();
    }, 1500);
    return this.#late ? text(this.#comm.get("texts"), "waiting") : "";
  }

  #redraw(): void {
    this.#stage.redraw();
    this.#pointer.showRing();
  }

  #run(prompt: string): void {
    this.#comm.send({ kind: "run", prompt });
  }

  #do(what: Command | "clear"): void {
    if (what === "clear") this.#applyToAll("clear");
    else this.#execute(what);
    this.#redraw();
    this.#refresh();
  }

  #execute(what: Command): void {
    switch (what.do) {
      case "tool":
        this.#pointer.abandon();
        this.#brush.tool = what.tool;
        if (what.erase !== undefined) this.#brush.erase = what.erase;
        return;
      case "swap":
        this.#brush.erase = !this.#brush.erase;
        return;
      case "size":
        this.#brush.step(what.step);
        return;
      case "invert":
        this.#applyToAll("invert");
        return;
      case "undo":
        if (!this.#pointer.abandon()) this.#store.undo();
        return;
      case "redo":
        if (!this.#pointer.busy) this.#store.redo();
        return;
      case "fit":
        this.#stage.fit();
        return;
      case "actual":
        this.#stage.actual();
        return;
      case "move":
        this.#pointer.nudge(what.dx, what.dy);
        return;
      case "dab":
        this.#pointer.dab(what.line);
        return;
      case "hide":
        this.#hidden = true;
        return;
      case "pan":
        this.#pointer.panning = true;
        this.#stage.element.classList.add("bn-panning");
        return;
      case "help":
        this.#help.hidden = !this.#help.hidden;
        return;
      case "leave":
        if (!this.#help.hidden) this.#help.hidden = true;
        else if (!this.#pointer.abandon()) returnFocus(this.#root);
    }
  }

  #applyToAll(op: "clear" | "invert"): void {
    this.#pointer.abandon(); // the list of ops holds no half strokes
    this.#store.apply({ op });
  }

  #keydown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing || isTextField(event.target)) return;
    const what = command(event);
    if (!what) return;
    // A button or slider uses these keys itself.
    const onStage = event.target === this.#stage.element;
    if (!onStage && (what.do === "pan" || what.do === "dab" || what.do === "move")) return;
    event.preventDefault();
    if (event.repeat && (what.do === "hide" || what.do === "pan" || what.do === "help")) return;
    this.#do(what);
  }

  #keyup(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === " " || event.code === "KeyH") this.#releaseKeys();
  }

  #releaseKeys(): void {
    this.#hidden = false;
    this.#pointer.panning = false;
    this.#stage.element.classList.remove("bn-panning");
    this.#stage.redraw();
  }
}
