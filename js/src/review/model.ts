// What the review shows before Python has answered. No DOM here.

import type { Decision, Filter, Item } from "./traits";
import { FILTERS } from "./traits";

export function nextFilter(now: Filter): Filter {
  return FILTERS[(FILTERS.indexOf(now) + 1) % FILTERS.length] ?? "all";
}

/** The items once one of them is decided: out of a filter that it no longer passes, the others close up. */
export function decided(items: ReadonlyMap<number, Item>, at: number, change: Partial<Item> & { decision: Decision }, filter: Filter): Map<number, Item> {
  const found = new Map<number, Item>();
  const stays = filter === "all" || filter === change.decision;
  for (const [k, item] of items) {
    if (k < at || stays) found.set(k, k === at ? { ...item, ...change } : item);
    else if (k > at) found.set(k - 1, item);
  }
  return found;
}
