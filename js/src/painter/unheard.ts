// Steps that the kernel had not got when it went: they wait in the tab, and go to the next painter of the same picture.
// What was written to disk before is Python's to bring back; only the painter whose strokes are kept has a name here.

import type { OpMessage } from "./store";

const PREFIX = "bailian_nb strokes ";

/** Let these wait for the next painter that keeps its strokes under this name; none are forgotten. */
export function lay(name: string, messages: readonly OpMessage[]): void {
  const told = messages.filter(({ op }) => op.op !== "load"); // its bits are not here any more
  try {
    if (told.length > 0) sessionStorage.setItem(PREFIX + name, JSON.stringify(told));
    else sessionStorage.removeItem(PREFIX + name);
  } catch {
    // a page without storage, or a full one: the strokes are on the canvas only
  }
}

/** Take what waits under this name and has not been handled: `acks` are numbers of handled messages, by page. */
export function take(name: string, acks: Readonly<Record<string, number>>): OpMessage[] {
  try {
    const waiting = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "[]") as OpMessage[];
    sessionStorage.removeItem(PREFIX + name);
    return waiting.filter(({ client, n }) => n > (acks[client] ?? 0));
  } catch {
    return []; // a page without storage, or what lies there is not ours
  }
}
