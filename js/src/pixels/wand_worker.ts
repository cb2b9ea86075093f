// The wand's worker: built into the widget as text, since a module of a notebook has no address beside which a file could lie.

import type { Choice, Packed } from "./wand";
import { Colours } from "./wand";

/** Page to worker. */
export type Order =
  | { readonly kind: "size"; readonly width: number; readonly height: number }
  | { readonly kind: "rows"; readonly deflated: Uint8Array<ArrayBuffer> }
  | { readonly kind: "pick"; readonly choice: Choice };

/** Worker to page, one for each order, in the same order. */
export type Done = { readonly rows: number; readonly picked?: Packed } | { readonly failed: string };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage: (done: Done, transfer?: Transferable[]) => void;
};

let colours = new Colours(0, 0);
let last = Promise.resolve();

async function carryOut(order: Order): Promise<void> {
  if (order.kind === "size") colours = new Colours(order.width, order.height);
  if (order.kind === "rows") await colours.add(order.deflated);
  if (order.kind !== "pick") return scope.postMessage({ rows: colours.rows });
  const work = colours.pick(order.choice);
  let step = work.next();
  while (!step.done) step = work.next();
  scope.postMessage({ rows: colours.rows, picked: step.value }, [step.value.buffer]);
}

scope.onmessage = ({ data }) => {
  last = last.then(() => carryOut(data)).catch((error: unknown) => scope.postMessage({ failed: String(error) }));
};
