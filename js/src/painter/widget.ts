// The painter: one store a model, shared by all its views in the page.

import type { AnyModel } from "@anywidget/types";
import { defineWidget } from "../page/define";
import { Comm } from "../page/comm";
import { Brush } from "./brush";
import { Store } from "./store";
import type { Traits } from "./traits";
import { PainterView } from "./view";

type Model = AnyModel<Traits & Record<string, unknown>>;

class PainterModel {
  readonly #comm: Comm<Traits>;
  readonly #store: Store;
  readonly #brush: Brush;
  readonly #views = new Set<PainterView>();
  #picture: DataView;
  #asked = false;

  constructor(model: Model) {
    this.#comm = new Comm<Traits>(model);
    const [width, height] = this.#comm.get("size");
    const client = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16);
    this.#store = new Store(width, height, (message, buffers) => this.#comm.send(message, buffers), client);
    this.#brush = new Brush({ width, height });
    this.#picture = this.#comm.get("preview").data;
    void this.#store.receive(this.#comm.get("shown"));
    this.#comm.onChange("shown", () => void this.#store.receive(this.#comm.get("shown")));
    for (const name of ["run", "fault"] as const) this.#comm.onChange(name, () => this.#each((view) => view.refresh()));
    this.#comm.onChange("results", () => this.#each((view) => view.results()));
    this.#comm.onMessage((content, buffers) => {
      if (content["kind"] !== "picture" || !buffers[0]) return;
      this.#picture = buffers[0];
      this.#each((view) => void view.picture(this.#picture));
    });
  }

  render(el: HTMLElement, signal: AbortSignal): void {
    const view = new PainterView(el, this.#comm, this.#store, this.#brush, signal);
    this.#views.add(view);
    signal.addEventListener("abort", () => this.#views.delete(view));
    void view.picture(this.#picture);
    if (this.#asked || !this.#comm.get("preview").reduced) return;
    this.#asked = true;
    this.#comm.send({ kind: "picture" });
  }

  #each(what: (view: PainterView) => void): void {
    for (const view of this.#views) what(view);
  }
}

export default defineWidget<Traits>((model) => {
  const painter = new PainterModel(model);
  return (el, signal) => painter.render(el, signal);
});
