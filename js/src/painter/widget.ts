// The painter: one store a model, shared by all its views in the page.

import type { AnyModel } from "@anywidget/types";
import { defineWidget } from "../page/define";
import { Link } from "../page/link";
import { Brush } from "./brush";
import { Store } from "./store";
import type { Traits } from "./traits";
import { PainterView } from "./view";

type Model = AnyModel<Traits & Record<string, unknown>>;

class Page {
  readonly #link: Link<Traits>;
  readonly #store: Store;
  readonly #brush: Brush;
  readonly #views = new Set<PainterView>();
  #picture: DataView;
  #asked = false;

  constructor(model: Model) {
    this.#link = new Link<Traits>(model);
    const [width, height] = this.#link.get("size");
    const client = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16);
    this.#store = new Store(width, height, (message, buffers) => this.#link.send(message, buffers), client);
    this.#brush = new Brush({ width, height });
    this.#picture = this.#link.get("preview").data;
    void this.#store.receive(this.#link.get("shown"));
    this.#link.change("shown", () => void this.#store.receive(this.#link.get("shown")));
    for (const name of ["run", "fault"] as const) this.#link.change(name, () => this.#each((view) => view.refresh()));
    this.#link.change("results", () => this.#each((view) => view.results()));
    this.#link.message((content, buffers) => {
      if (content["kind"] !== "picture" || !buffers[0]) return;
      this.#picture = buffers[0];
      this.#each((view) => void view.picture(this.#picture));
    });
  }

  render(el: HTMLElement, signal: AbortSignal): void {
    const view = new PainterView(el, this.#link, this.#store, this.#brush, signal);
    this.#views.add(view);
    signal.addEventListener("abort", () => this.#views.delete(view));
    void view.picture(this.#picture);
    if (this.#asked || !this.#link.get("preview").reduced) return;
    this.#asked = true;
    this.#link.send({ kind: "picture" });
  }

  #each(what: (view: PainterView) => void): void {
    for (const view of this.#views) what(view);
  }
}

export default defineWidget<Traits>((model) => {
  const page = new Page(model);
  return (el, signal) => page.render(el, signal);
});
