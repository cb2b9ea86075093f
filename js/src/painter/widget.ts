// The painter: one store a model, shared by all its views in the page, and renewed when the picture gets another size.

import type { AnyModel } from "@anywidget/types";
import { defineWidget } from "../page/define";
import { Comm, text } from "../page/comm";
import { AttemptPictures } from "./attempt_pictures";
import { Brush } from "./brush";
import { Store } from "./store";
import { Trial } from "./trial";
import { Wand } from "./wand";
import type { Traits } from "./traits";
import { lay, take } from "./unheard";
import { PainterView } from "./view";

type Model = AnyModel<Traits & Record<string, unknown>>;

/** A place in the page where a view is rendered, again after a change of size. */
interface Place {
  readonly el: HTMLElement;
  view: PainterView;
  end: AbortController;
}

class PainterModel {
  readonly #comm: Comm<Traits>;
  readonly #pictures: AttemptPictures;
  readonly #wand: Wand;
  readonly #places = new Set<Place>();
  #store: Store;
  #brush: Brush;
  #trial: Trial;
  /** The picture with all its pixels, once that has come. */
  #full: DataView | null = null;
  /** Number of the picture whose pixels were asked for. */
  #asked = -1;
  /** Names of the strokes that were looked for in what a kernel had not got when it went. */
  readonly #recovered = new Set<string>();
  #said = "";

  constructor(model: Model) {
    this.#comm = new Comm<Traits>(model);
    this.#pictures = new AttemptPictures(this.#comm, () => this.#each((view) => view.redraw()));
    this.#wand = new Wand(this.#comm);
    [this.#store, this.#brush, this.#trial] = this.#begin();
    void this.#store.receive(this.#comm.get("shown"));
    this.#recover();
    this.#comm.onGoneChange(() => this.#lay());
    for (const name of ["size", "shown"] as const) this.#comm.onChange(name, () => this.#receive());
    this.#comm.onChange("preview", () => {
      this.#full = null;
      this.#asked = -1;
      this.#each((view) => void view.picture(this.#comm.get("preview").data));
    });
    for (const name of ["run", "fault"] as const) this.#comm.onChange(name, () => this.#each((view) => view.refresh()));
    this.#comm.onChange("attempts", () => this.#each((view) => view.attempts()));
    this.#comm.onChange("pictures", () => this.#each((view) => view.turned()));
    this.#comm.onMessage((content, buffers) => {
      if (content["kind"] !== "picture" || !buffers[0] || content["picture"] !== this.#comm.get("pictures").at) return;
      const full = (this.#full = buffers[0]);
      this.#each((view) => void view.picture(full, false));
    });
  }

  render(el: HTMLElement, signal: AbortSignal): void {
    const end = new AbortController();
    const place: Place = { el, end, view: this.#view(el, end.signal) };
    this.#places.add(place);
    signal.addEventListener("abort", () => {
      this.#places.delete(place);
      place.end.abort();
      if (this.#places.size === 0) this.#wand.end();
    });
  }

  #view(el: HTMLElement, signal: AbortSignal): PainterView {
    const view = new PainterView(el, this.#comm, this.#store, this.#trial, this.#brush, this.#pictures, () => this.#askForPixels(), signal);
    void view.picture(this.#comm.get("preview").data);
    if (this.#full) void view.picture(this.#full, false);
    if (this.#said) view.say(this.#said);
    return view;
  }

  #begin(): [Store, Brush, Trial] {
    const [width, height] = this.#comm.get("size");
    const client = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16);
    // A stroke names its picture: Python may have another one on the canvas when it arrives.
    const send: ConstructorParameters<typeof Store>[2] = (message, buffers) => {
      this.#said = "";
      this.#comm.send({ ...message, picture: this.#comm.get("pictures").at }, buffers);
      if (this.#comm.gone) this.#lay();
    };
    const store = new Store(width, height, send, client);
    return [store, new Brush({ width, height }), new Trial(store, this.#wand)];
  }

  /** Take over Python's mask; one of another size belongs to another picture, which begins anew in every view. */
  #receive(): void {
    const [width, height] = this.#comm.get("size");
    const { bitmap } = this.#store;
    if (width !== bitmap.width || height !== bitmap.height) {
      [this.#store, this.#brush, this.#trial] = this.#begin();
      for (const place of this.#places) this.#again(place);
    }
    void this.#store.receive(this.#comm.get("shown"));
    this.#recover();
  }

  /** Let what the kernel has not got wait for the next painter of this picture, as long as the kernel is gone. */
  #lay(): void {
    const { kept } = this.#comm.get("shown");
    if (kept) lay(kept, this.#comm.gone ? this.#store.unheard : []);
  }

  /** Have Python do what an earlier painter of this picture could not tell it. */
  #recover(): void {
    const { kept, acks } = this.#comm.get("shown");
    if (!kept || this.#recovered.has(kept)) return;
    this.#recovered.add(kept);
    const messages = take(kept, acks);
    if (messages.length === 0) return;
    this.#store.repeat(messages);
    this.#said = text(this.#comm.get("texts"), "recovered", { count: messages.length });
    this.#each((view) => view.say(this.#said));
  }

  #again(place: Place): void {
    const { focused } = place.view;
    place.end.abort();
    place.end = new AbortController();
    place.view = this.#view(place.el, place.end.signal);
    if (focused) place.view.focus();
  }

  #askForPixels(): void {
    const { at } = this.#comm.get("pictures");
    if (this.#asked === at || !this.#comm.get("preview").reduced) return;
    this.#asked = at;
    this.#comm.send({ kind: "picture", picture: at });
  }

  #each(what: (view: PainterView) => void): void {
    for (const { view } of this.#places) what(view);
  }
}

export default defineWidget<Traits>((model) => {
  const painter = new PainterModel(model);
  return (el, signal) => painter.render(el, signal);
});
