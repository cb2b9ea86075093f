// anywidget's door to a widget: a model is opened once, and each view of it, on its place or in an output, is shown.

import type { AnyModel, AnyWidget } from "@anywidget/types";
import { Link } from "./link";
import { settle } from "./place";

type Values<T> = T & Record<string, unknown>;
type Show = (el: HTMLElement, signal: AbortSignal) => void;

interface View {
  refresh(): void;
}

/** The door of a widget whose `open` takes a model and returns what shows a view of it. */
export function door<T extends object>(open: (model: AnyModel<Values<T>>) => Show): () => AnyWidget<Values<T>> {
  return () => {
    let show: Show | null = null;
    return {
      initialize({ model }) {
        show = open(model);
        return settle(model, show);
      },
      render({ model, el }) {
        const controller = new AbortController();
        show ??= open(model);
        show(el, controller.signal);
        return () => controller.abort();
      },
    };
  };
}

/** The door of a widget whose views draw themselves anew when one of these traits changes. */
export function doorTo<T extends object>(
  view: new (el: HTMLElement, link: Link<T>, signal: AbortSignal) => View,
  traits: readonly (keyof T & string)[],
): () => AnyWidget<Values<T>> {
  return door<T>((model) => {
    const link = new Link<T>(model);
    const views = new Set<View>();
    const refresh = () => {
      for (const each of views) each.refresh();
    };
    for (const name of traits) link.change(name, refresh);
    return (el, signal) => {
      const shown = new view(el, link, signal);
      views.add(shown);
      signal.addEventListener("abort", () => views.delete(shown), { once: true });
    };
  });
}
