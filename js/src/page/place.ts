// A place for a live widget on top of its static output.
//
// A saved notebook that names a widget shows an error when it is opened without its kernel. So Python writes static
// outputs only (a picture, then a caption whose element carries the model's own class), and the widget, whose model
// lives without an output of its own, sits down there while the page and the kernel are alive.

import type { AnyModel } from "@anywidget/types";
import { h } from "./dom";

const LOOK = 250; // ms; outputs come late, and leave and come back with the scrolling of a long notebook

type Open = (el: HTMLElement, signal: AbortSignal) => void;

/** Open the widget in its place whenever that is in the page; returns what takes it away again. */
export function settle(model: AnyModel<Record<string, unknown>>, open: Open): () => void {
  const name = model.get("place");
  const controller = new AbortController();
  if (typeof name !== "string" || !/^bn-place-[0-9a-f]+$/.test(name)) return () => controller.abort();
  const host = h("div", { class: "bn-host" });
  let opened = false;
  const look = () => {
    const spot = [...document.getElementsByClassName(name)].find((element) => element.isConnected);
    if (!(spot instanceof HTMLElement)) return;
    if (host.parentElement !== spot) {
      spot.replaceChildren(host);
      if (!opened) open(host, controller.signal);
      opened = true;
    }
    hideStill(spot);
  };
  const timer = setInterval(look, LOOK);
  controller.signal.addEventListener("abort", () => {
    clearInterval(timer);
    host.remove();
  });
  try {
    model.send({ kind: "here" }); // Python shows the widget in the ordinary way where nobody says this
  } catch {
    // the kernel is gone already; the static outputs stay as they are
  }
  look();
  return () => controller.abort();
}

/** Hide the static picture in the output before ours, in the page only: the document keeps it. */
function hideStill(spot: HTMLElement): void {
  const before = spot.closest(".jp-OutputArea-child")?.previousElementSibling;
  if (!(before instanceof HTMLElement) || before.style.display === "none") return;
  if (before.querySelector(".jp-RenderedImage, .jp-RenderedText")) before.style.display = "none";
}
