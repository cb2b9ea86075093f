// One painter in one output: puts stage, toolbar, status and prompt together and carries out commands.

import { NO_SHORTCUTS, h, isTextField, on, passSave, returnFocus, setText } from "../page/dom";
import type { Comm } from "../page/comm";
import { text } from "../page/comm";
import { blobOf } from "../page/blobs";
import { copyText } from "../page/clipboard";
import { showTooltips } from "../page/tooltips";
import { openInTab, save } from "../page/files";
import type { Chosen } from "./beside_run";
import type { Brush } from "./brush";
import type { Command } from "./keys";
import { command } from "./keys";
import type { Asked as AskedOp } from "../pixels/ops";
import { EdgeFields, LassoFields, WandFields } from "./selection_fields";
import { BoxFields } from "./box_fields";
import { Pointer } from "./pointer";
import type { AttemptPictures } from "./attempt_pictures";
import type { Attempt } from "./attempts";
import { Attempts } from "./attempts";
import { Prompt } from "./prompt";
import { Stage } from "./stage";
import type { Store } from "./store";
import type { Asked } from "./strip";
import { Strip } from "./strip";
import { Toolbar } from "./toolbar";
import type { Trial } from "./trial";
import { ZoomFields } from "./zoom_fields";
import type { Traits } from "./traits";

const SHORTCUTS = ["B E X", "L P U O G W", "S", "[ ]", "Shift+V", "Ctrl+Z", "Ctrl+wheel", "right button", "Space", "Shift+click", "0 1 + -", "F", "H", ", .", "arrows", "Esc"];

/** What works on the painting, and so shows it. */
const PAINTING: ReadonlySet<Command["do"]> = new Set(["tool", "swap", "invert", "undo", "redo", "move", "dab"] as const);

export class PainterView {
  readonly #root: HTMLElement;
  readonly #comm: Comm<Traits>;
  readonly #store: Store;
  readonly #brush: Brush;
  readonly #stage: Stage;
  readonly #trial: Trial;
  readonly #pointer: Pointer;
  readonly #toolbar: Toolbar;
  readonly #boxFields: BoxFields;
  readonly #wandFields: WandFields;
  readonly #lassoFields: LassoFields;
  readonly #edgeFields: EdgeFields;
  readonly #zoomFields: ZoomFields;
  readonly #prompt: Prompt;
  readonly #attempts: Attempts;
  readonly #pictures: AttemptPictures;
  readonly #strip: Strip;
  readonly #status = h("div", { class: "bn-status", role: "status", "aria-live": "polite" });
  readonly #position = h("span", { class: "bn-where" });
  readonly #fault = h("div", { class: "bn-fault", role: "alert" });
  readonly #help: HTMLElement;
  #hidden = false;
  #measured = "";
  #unmeasured = true;
  #painted = false;
  #said = "";
  #late = false;
  #copying = false;
  #decoding = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `lacksPixels` is called when the picture is shown larger than what there is of it. */
  constructor(el: HTMLElement, comm: Comm<Traits>, store: Store, trial: Trial, brush: Brush, pictures: AttemptPictures, lacksPixels: () => void, signal: AbortSignal) {
    this.#comm = comm;
    this.#store = store;
    this.#trial = trial;
    this.#brush = brush;
    this.#pictures = pictures;
    this.#attempts = new Attempts(comm.get("attempts"));
    const texts = comm.get("texts");
    const appearance = () => {
      const shape = this.#pointer.shape;
      return { instead: this.#instead(), opacity: brush.opacity, hidden: this.#hidden, outline: shape?.outline() ?? [], closed: !(shape?.byCorners ?? false) };
    };
    this.#stage = new Stage(store.bitmap, appearance, { lacksPixels, viewed: () => this.#zoomFields.show(this.#stage.magnification) }, signal);
    this.#pointer = new Pointer(this.#stage, store, brush, trial, { changed: () => this.#refresh(), moved: () => this.#stage.atFrame(this.#showPosition) }, signal);
    this.#boxFields = new BoxFields(store.bitmap, brush, texts, (op) => store.apply(op), signal);
    this.#wandFields = new WandFields(brush, texts, trial, signal);
    this.#lassoFields = new LassoFields(brush, texts, signal);
    this.#zoomFields = new ZoomFields(texts, (to) => this.#stage.magnify(to), (what) => this.#do(what), signal);
    this.#toolbar = new Toolbar(brush, texts, (what) => this.#do(what), () => this.#redraw(), this.#zoomFields.element, signal);
    this.#edgeFields = new EdgeFields(brush.largest, texts, (op) => this.#askOf(op), trial, signal);
    this.#strip = new Strip(this.#attempts, texts, { show: (id) => this.#show(id), ask: (what) => this.#ask(what), before: (held) => this.#hide(held) }, signal);
    const calls = { run: this.#run, cancel: () => comm.send({ kind: "cancel" }), recent: () => comm.send({ kind: "recent" }) };
    this.#prompt = new Prompt(comm.get("offer"), texts, calls, signal);
    this.#help = h("div", { class: "bn-help", hidden: "" }, ...SHORTCUTS.flatMap((keys) => [h("span", { class: "bn-keys" }, texts[`keys ${keys}`] ?? keys), h("span", {}, text(texts, `key ${keys}`))]));
    const stage = this.#stage.element;
    stage.setAttribute("role", "application");
    stage.setAttribute("aria-label", text(texts, "stage"));
    this.#root = h(
      "div",
      { class: "bn-root bn-painter", ...NO_SHORTCUTS },
      this.#toolbar.element,
      h("div", { class: "bn-over" }, stage, this.#help),
      this.#boxFields.element, // under the picture, as all that comes and goes: the picture never moves
      this.#wandFields.element,
      this.#lassoFields.element,
      this.#edgeFields.element,
      h("div", { class: "bn-foot" }, this.#status, this.#position),
      this.#fault,
      this.#strip.element,
      this.#prompt.element,
    );
    passSave(this.#root, signal);
    showTooltips(this.#root, signal);
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
      if (store.drawing) {
        this.#said = "";
        return;
      }
      this.#refresh();
      this.#tellMarimo();
    }, signal);
    comm.onGoneChange(() => this.refresh(), signal);
    comm.onMessage((content) => this.#hear(content), signal);
    this.refresh();
  }

  /** True while the focus is in this view. */
  get focused(): boolean {
    return this.#root.contains((this.#root.getRootNode() as Document | ShadowRoot).activeElement);
  }

  focus(): void {
    this.#stage.element.focus({ preventScroll: true });
  }

  /** Show the picture, or, unless it is a `fresh` one, a larger copy of what is shown. */
  async picture(data: DataView, fresh = true): Promise<void> {
    const blob = blobOf(data);
    if (blob.size === 0) return;
    if (fresh) this.#decoding++;
    const number = this.#decoding;
    try {
      const image = await createImageBitmap(blob);
      if (number === this.#decoding) this.#stage.picture(image, fresh); // a large one may be ready after the next one
    } catch {
      setText(this.#fault, text(this.#comm.get("texts"), "undecodable"));
    }
  }

  /** Take over the list of attempts; the first new one takes the place of the painting, unless a hand is at work. */
  attempts(): void {
    this.#attempts.receive(this.#comm.get("attempts"), !this.#pointer.busy);
    this.#redraw();
    this.#refresh();
  }

  /** Another picture is painted on now. */
  turned(): void {
    this.#show(null);
  }

  /** Pixels of an attempt have come. */
  redraw(): void {
    this.#redraw();
    this.#refresh();
  }

  /** Tell marimo, which runs cells that read the painter again when a page sets a trait, and hears of nothing else. */
  #tellMarimo(): void {
    const root = this.#root.getRootNode();
    const { seq } = this.#comm.get("shown");
    const inMarimo = root instanceof ShadowRoot && root.host.localName.startsWith("marimo-");
    if (inMarimo && !this.#store.pending && seq > this.#comm.get("seen")) this.#comm.set("seen", seq);
  }

  /** Show what Python says. */
  refresh(): void {
    const texts = this.#comm.get("texts");
    const gone = this.#comm.gone;
    this.#root.classList.toggle("bn-gone", gone);
    setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault"));
    this.#refresh();
  }

  #refresh(): void {
    const texts = this.#comm.get("texts");
    const { shown } = this.#attempts;
    this.#pointer.looking = shown !== null;
    this.#stage.element.classList.toggle("bn-looking", shown !== null);
    this.#toolbar.refresh(!this.#store.canUndo, !this.#store.canRedo, shown !== null);
    const { at, attempts: grounds } = this.#comm.get("pictures");
    this.#strip.refresh({ back: at > 0, forward: at < grounds.length - 1 });
    this.#prompt.beside.know((shown ?? this.#attempts.all.at(-1))?.seed ?? null);
    for (const fields of [this.#boxFields, this.#wandFields, this.#lassoFields]) fields.refresh(shown !== null);
    this.#edgeFields.refresh(this.#trial.op);
    this.#pointer.showRing();
    if (this.#unmeasured && !this.#store.drawing) {
      this.#unmeasured = false;
      const { bitmap } = this.#store;
      const { count, box } = this.#store.measure();
      this.#painted = count > 0;
      const values = { percent: ((100 * count) / (bitmap.width * bitmap.height)).toFixed(1), width: bitmap.width, height: bitmap.height };
      const where = box ? text(texts, "box", { x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1 }) : "";
      this.#measured = [text(texts, "coverage", values), where].filter(Boolean).join(" · ");
    }
    const about = shown ? this.#about(shown) : [this.#measured, this.#comm.get("shown").warning, this.#comm.get("shown").note];
    setText(this.#status, [...about, this.#waiting(), this.#said].filter(Boolean).join(" · "));
    this.#prompt.show(this.#comm.get("run"), { gone: this.#comm.gone, painted: this.#painted });
    this.#showPosition();
  }

  readonly #showPosition = (): void => {
    const looking = this.#attempts.shown !== null;
    if (this.#position.hidden !== looking) this.#position.hidden = looking; // its place is the file's name's
    const cursor = looking ? null : this.#pointer.cursor;
    setText(this.#position, cursor ? `${Math.floor(cursor[0])}, ${Math.floor(cursor[1])}` : "");
  };

  /** What the status line says of the attempt that is shown. */
  #about({ seed, path, size }: Attempt): string[] {
    const texts = this.#comm.get("texts");
    const { number, all } = this.#attempts;
    const loading = this.#attempts.shown && !this.#pictures.isWhole(this.#attempts.shown);
    return [
      text(texts, "attempt", { number, count: all.length }),
      `${size[0]} x ${size[1]}`,
      seed === null ? "" : text(texts, "attempt_seed", { seed }),
      path,
      loading ? text(texts, "loading_attempt") : "",
    ];
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

  readonly #run = (prompt: string, chosen: Chosen): void => {
    this.#comm.send({ kind: "run", prompt, ...chosen });
  };

  /** Show an attempt in place of the painting; null is the painting. */
  #show(id: string | null): void {
    if (id !== null) this.#pointer.abandon();
    this.#attempts.show(id);
    this.#redraw();
    this.#refresh();
  }

  /** The picture that takes the place of the painting: an attempt, or while that is hidden what it was made of. */
  #instead(): ImageBitmap | null {
    const { shown } = this.#attempts;
    if (!shown) return null;
    if (!this.#hidden) return this.#pictures.of(shown);
    return shown.ground === this.#comm.get("pictures").at ? null : this.#pictures.ground(shown.ground);
  }

  #hide(hidden: boolean): void {
    this.#hidden = hidden;
    this.#stage.redraw();
  }

  #ask(what: Asked): void {
    const { shown } = this.#attempts;
    const { at } = this.#comm.get("pictures");
    if (what === "back") this.#comm.send({ kind: "turn", picture: at - 1 });
    if (what === "forward") this.#comm.send({ kind: "turn", picture: at + 1 });
    if (!shown) return;
    if (what === "previous" || what === "next") this.#do({ do: what });
    if (what === "use") this.#comm.send({ kind: "use", id: shown.id });
    if (what === "code") this.#copy(shown.id);
    if (what === "download") this.#pictures.file(shown, save);
    if (what === "open") this.#pictures.file(shown, openInTab);
  }

  /** Copy what Python writes about an attempt, or about the mask, when its answer comes. */
  #copy(id: string | null): void {
    this.#copying = true;
    this.#comm.send(id === null ? { kind: "code" } : { kind: "code", id });
  }

  #hear(content: Record<string, unknown>): void {
    if (content["kind"] === "recent") this.#prompt.recent((content["prompts"] as unknown[]).map(String));
    if (content["kind"] === "code" && this.#copying) void this.#copied(String(content["text"]));
  }

  async #copied(code: string): Promise<void> {
    this.#copying = false;
    const done = await copyText(code);
    const texts = this.#comm.get("texts");
    if (done) this.say(text(texts, "copied"));
    else setText(this.#fault, `${text(texts, "not_copied")}\n\n${code}`);
  }

  /** Say something in the status line until something else is done. */
  say(line: string): void {
    this.#said = line;
    this.#refresh();
  }

  /** Have Python work on the edge of what is painted. */
  #askOf(op: AskedOp): void {
    this.#attempts.show(null);
    this.#pointer.abandon();
    this.#trial.begin(op);
  }

  #do(what: Command | "clear" | "code" | "edge"): void {
    this.#said = "";
    if (what === "code") this.#copy(null);
    else if (what === "edge") this.#toolbar.edging = this.#edgeFields.toggle();
    else if (what === "clear") this.#applyToAll("clear");
    else this.#execute(what);
    this.#redraw();
    this.#refresh();
  }

  #execute(what: Command): void {
    if (PAINTING.has(what.do)) this.#attempts.show(null); // nothing is painted that is not seen
    switch (what.do) {
      case "previous":
      case "next":
        if (this.#attempts.step(what.do === "next" ? 1 : -1)) this.#pointer.abandon();
        return;
      case "tool":
        this.#pointer.take(what.tool);
        if (what.erase !== undefined) this.#brush.erase = what.erase;
        return;
      case "swap":
        this.#brush.erase = !this.#brush.erase;
        return;
      case "edges":
        this.#brush.edges = !this.#brush.edges;
        return;
      case "size":
        this.#brush.step(what.step);
        return;
      case "invert":
        this.#applyToAll("invert");
        return;
      case "undo":
        if (!this.#pointer.takeCorner() && !this.#pointer.abandon()) this.#store.undo();
        return;
      case "corner":
        this.#pointer.takeCorner();
        return;
      case "redo":
        if (!this.#pointer.busy) this.#store.redo();
        return;
      case "fit":
        this.#stage.fit();
        return;
      case "actual":
        this.#stage.magnify(1);
        return;
      case "zoom":
        this.#stage.zoom(what.factor);
        return;
      case "full":
        this.#zoomFields.fullScreen(this.#root);
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
        else if (this.#attempts.shown) this.#attempts.show(null);
        else if (!this.#pointer.abandon()) returnFocus(this.#root);
    }
  }

  #applyToAll(op: "clear" | "invert"): void {
    this.#attempts.show(null);
    this.#pointer.abandon(); // the list of ops holds no half strokes
    this.#store.apply({ op });
  }

  #keydown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing || isTextField(event.target)) return;
    const what = command(event);
    if (!what && (event.ctrlKey || event.metaKey) && event.code === "KeyA") event.preventDefault(); // it would select the page
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
