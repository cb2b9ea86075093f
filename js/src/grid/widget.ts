// anywidget's door to the sweep.

import type { AnyModel, AnyWidget } from "@anywidget/types";
import { Link } from "../page/link";
import { settle } from "../page/place";
import type { Traits } from "./traits";
import { GridView } from "./view";

type Values = Traits & Record<string, unknown>;

export default (): AnyWidget<Values> => {
  let link: Link<Traits> | null = null;
  const views = new Set<GridView>();
  const open = (model: AnyModel<Values>) => {
    const opened = new Link<Traits>(model);
    for (const name of ["title", "badge", "axes", "cells", "plan", "fault", "answered"] as const) {
      opened.change(name, () => {
        for (const view of views) view.refresh();
      });
    }
    return opened;
  };
  const show = (model: AnyModel<Values>, el: HTMLElement, signal: AbortSignal) => {
    link ??= open(model);
    const view = new GridView(el, link, signal);
    views.add(view);
    signal.addEventListener("abort", () => views.delete(view), { once: true });
  };
  return {
    initialize({ model }) {
      link = open(model);
      return settle(model, (el, signal) => show(model, el, signal));
    },
    render({ model, el }) {
      const controller = new AbortController();
      show(model, el, controller.signal);
      return () => controller.abort();
    },
  };
};
