// Defines a widget for anywidget: its model is opened once, and every view of it is rendered, mounted or in an output.

import type { AnyModel, AnyWidget } from "@anywidget/types";
import { Comm } from "./comm";
import { mountOnAnchors } from "./mount";

type Values<T> = T & Record<string, unknown>;
type Render = (el: HTMLElement, signal: AbortSignal) => void;

interface View {
  refresh(): void;
}

/** Define a widget by what opens its model and returns the function that renders a view of it. */
export function defineWidget<T extends object>(open: (model: AnyModel<Values<T>>) => Render): () => AnyWidget<Values<T>> {
  return () => {
    let renderView: Render | null = null;
    return {
      initialize({ model }) {
        renderView = open(model);
        return mountOnAnchors(model, renderView);
      },
      render({ model, el }) {
        const controller = new AbortController();
        renderView ??= open(model);
        renderView(el, controller.signal);
        return () => controller.abort();
      },
    };
  };
}

/** Define a widget by the class of its views, which refresh when one of these traits changes. */
export function defineViewWidget<T extends object>(
  view: new (el: HTMLElement, comm: Comm<T>, signal: AbortSignal) => View,
  traits: readonly (keyof T & string)[],
): () => AnyWidget<Values<T>> {
  return defineWidget<T>((model) => {
    const comm = new Comm<T>(model);
    const views = new Set<View>();
    const refresh = () => {
      for (const each of views) each.refresh();
    };
    for (const name of traits) comm.onChange(name, refresh);
    return (el, signal) => {
      const shown = new view(el, comm, signal);
      views.add(shown);
      signal.addEventListener("abort", () => views.delete(shown), { once: true });
    };
  });
}
