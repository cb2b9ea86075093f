// What keys and clicks mean for the pictures that are selected, and what is shown before Python has answered. No DOM here.

import type { Item } from "./traits";

/** Ids of selected pictures, in the order in which they were selected. */
export type Selection = readonly string[];

export function toggled(selection: Selection, id: string): Selection {
  return selection.includes(id) ? selection.filter((each) => each !== id) : [...selection, id];
}

/** Everything between two places selected too, as far as it is known. */
export function extended(selection: Selection, items: ReadonlyMap<number, Item>, from: number, to: number): Selection {
  const found = [...selection];
  for (let k = Math.min(from, to); k <= Math.max(from, to); k++) {
    const id = items.get(k)?.id;
    if (id !== undefined && !found.includes(id)) found.push(id);
  }
  return found;
}

/** What a button acts on: the selected pictures, or without any the chosen one. */
export function acted(selection: Selection, chosen: Item | undefined): readonly string[] {
  if (selection.length > 0) return selection;
  return chosen?.there ? [chosen.id] : [];
}

/** Whether a star is set or taken away: only where all that are known have one, it is taken away. */
export function stars(ids: readonly string[], items: Iterable<Item>): boolean {
  const known = [...items].filter(({ id }) => ids.includes(id));
  return !(known.length > 0 && known.every(({ star }) => star));
}

/** The items with a change to some of them. */
export function changed(items: ReadonlyMap<number, Item>, ids: readonly string[], change: Partial<Item>): Map<number, Item> {
  return new Map([...items].map(([k, item]) => [k, ids.includes(item.id) ? { ...item, ...change } : item]));
}

/** What stands under a picture, where the end is cut off: its values, its tags, when it was made but for the year, its price. */
export function line(item: Item): string {
  return [item.owner, item.values, item.tags.join(", "), item.made.replace(/^\d{4}-/, ""), item.price].filter(Boolean).join(" · ");
}
