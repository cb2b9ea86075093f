// The comm to Python as a widget uses it: sending never throws, and listeners learn when the kernel is gone.

import type { AnyModel } from "@anywidget/types";

type Message = (content: Record<string, unknown>, buffers: DataView[]) => void;

export class Comm<T extends object> {
  readonly #model: AnyModel<T & Record<string, unknown>>;
  readonly #goneListeners = new Set<() => void>();
  readonly #messageListeners = new Set<Message>();
  #gone = false;

  constructor(model: AnyModel<T & Record<string, unknown>>) {
    this.#model = model;
    // ipywidgets fires this when a kernel restarts or dies; from then on `send` throws.
    (model.on as (event: string, callback: () => void) => void)("comm_live_update", () => this.#setGone(true));
    model.on("msg:custom", (content: unknown, buffers: DataView[]) => {
      this.#setGone(false);
      if (typeof content !== "object" || content === null) return;
      for (const callback of this.#messageListeners) callback(content as Record<string, unknown>, buffers);
    });
  }

  /** True once the kernel has restarted or died; false again when Python speaks. */
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
      this.#setGone(true); // ipywidgets says "Cannot send" when the comm has no kernel; the widget stays as it is
    }
  }

  /** Set a trait from the page. */
  set<K extends keyof T & string>(name: K, value: T[K]): void {
    try {
      this.#model.set(name, value as (T & Record<string, unknown>)[K]);
      this.#model.save_changes();
    } catch {
      this.#setGone(true);
    }
  }

  /** Call back when a trait changes, which only Python does. */
  onChange(name: keyof T & string, callback: () => void): void {
    (this.#model.on as (event: string, callback: () => void) => void)(`change:${name}`, () => {
      this.#setGone(false);
      callback();
    });
  }

  /** Call back with every custom message, until the signal ends when there is one. */
  onMessage(callback: Message, signal?: AbortSignal): void {
    this.#messageListeners.add(callback);
    signal?.addEventListener("abort", () => this.#messageListeners.delete(callback), { once: true });
  }

  /** Call back when `gone` changes, until the signal ends when there is one. */
  onGoneChange(listener: () => void, signal?: AbortSignal): void {
    this.#goneListeners.add(listener);
    signal?.addEventListener("abort", () => this.#goneListeners.delete(listener), { once: true });
  }

  #setGone(gone: boolean): void {
    if (gone === this.#gone) return;
    this.#gone = gone;
    for (const listener of this.#goneListeners) listener();
  }
}

export type Texts = Readonly<Record<string, string>>;

/** Look a text up in the catalogue that Python sent; `{name}` is filled in. */
export function text(texts: Texts, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
