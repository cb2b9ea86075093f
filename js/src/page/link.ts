// The wire to Python as a widget sees it: sending never throws, and who watches learns when the kernel is gone.

import type { AnyModel } from "@anywidget/types";

type Message = (content: Record<string, unknown>, buffers: DataView[]) => void;

export class Link<T extends object> {
  readonly #model: AnyModel<T & Record<string, unknown>>;
  readonly #listeners = new Set<() => void>();
  readonly #messages = new Set<Message>();
  #gone = false;

  constructor(model: AnyModel<T & Record<string, unknown>>) {
    this.#model = model;
    // ipywidgets fires this when a kernel restarts or dies; from then on `send` throws.
    (model.on as (event: string, callback: () => void) => void)("comm_live_update", () => this.#set(true));
    model.on("msg:custom", (content: unknown, buffers: DataView[]) => {
      this.#set(false);
      if (typeof content !== "object" || content === null) return;
      for (const callback of this.#messages) callback(content as Record<string, unknown>, buffers);
    });
  }

  get gone(): boolean {
    return this.#gone;
  }

  get<K extends keyof T & string>(name: K): T[K] {
    return this.#model.get(name);
  }

  send(content: object, buffers: ArrayBuffer[] = []): void {
    try {
      this.#model.send(content, undefined, buffers);
    } catch {
      this.#set(true); // ipywidgets says "Cannot send" when the comm has no kernel; the widget goes on without one
    }
  }

  /** Call back when a trait changes, which only Python does. */
  change(name: keyof T & string, callback: () => void): void {
    (this.#model.on as (event: string, callback: () => void) => void)(`change:${name}`, () => {
      this.#set(false);
      callback();
    });
  }

  /** Call back with every custom message, until the signal ends when there is one. */
  message(callback: Message, signal?: AbortSignal): void {
    this.#messages.add(callback);
    signal?.addEventListener("abort", () => this.#messages.delete(callback), { once: true });
  }

  watch(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  #set(gone: boolean): void {
    if (gone === this.#gone) return;
    this.#gone = gone;
    for (const listener of this.#listeners) listener();
  }
}

export type Texts = Readonly<Record<string, string>>;

/** Look a text up in the catalogue that Python sent; `{name}` is filled in. */
export function text(texts: Texts, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
