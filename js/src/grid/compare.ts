// How two pictures of a sweep are compared: in which way, and with which other one. No DOM in here.

import { ORIGINAL } from "./model";

export const MODES = ["slider", "side", "blink", "diff", "overlay"] as const;
export type Mode = (typeof MODES)[number];

export interface Comparison {
  readonly on: boolean;
  readonly mode: Mode;
  /** The way that D leads back to. */
  readonly previous: Mode;
  /** What stands before: a cell, or the original. */
  readonly base: string;
  /** The cell that C was pressed on, with which C on another one compares; "" for none. */
  readonly chosen: string;
}

/** What there is to compare: whether the sweep has an original, and which cells have a picture. */
export interface Known {
  readonly original: boolean;
  readonly drawn: (id: string) => boolean;
}

export const APART: Comparison = { on: false, mode: "slider", previous: "slider", base: ORIGINAL, chosen: "" };

/** C: a cell and the original; on a second cell these two; once more there the original again, and at last none. */
export function choose(now: Comparison, id: string, known: Known): Comparison {
  if (!now.on) return begin(now, id, known);
  if (!known.drawn(id)) return now;
  if (now.chosen === id) return now.base !== ORIGINAL && known.original ? { ...now, base: ORIGINAL } : end(now);
  return { ...now, base: now.chosen || now.base, chosen: id };
}

/** A mode's button: compare in this way, and no longer when it is pressed again. */
export function press(now: Comparison, mode: Mode, id: string, known: Known): Comparison {
  if (now.on && now.mode === mode) return end(now);
  return { ...(now.on ? now : begin(now, id, known)), mode, previous: now.mode };
}

/** M: the next way, the first time the present one. */
export function next(now: Comparison, id: string, known: Known): Comparison {
  if (!now.on) return begin(now, id, known);
  return { ...now, mode: MODES[(MODES.indexOf(now.mode) + 1) % MODES.length] ?? "slider", previous: now.mode };
}

/** D: the difference, and back to the way before. */
export function difference(now: Comparison, id: string, known: Known): Comparison {
  if (!now.on || now.mode !== "diff") return press(now, "diff", id, known);
  return { ...now, mode: now.previous === "diff" ? "slider" : now.previous };
}

/** Compare with this picture from now on. */
export function against(now: Comparison, base: string): Comparison {
  return { ...now, base, chosen: base === ORIGINAL ? now.chosen : base };
}

export function end(now: Comparison): Comparison {
  return { ...now, on: false, base: ORIGINAL, chosen: "" };
}

/** What is left when pictures have gone; where there is no original, what was chosen first stands for it. */
export function settled(now: Comparison, known: Known): Comparison {
  const chosen = known.drawn(now.chosen) ? now.chosen : "";
  const base = now.base !== ORIGINAL && !known.drawn(now.base) ? ORIGINAL : now.base;
  return { ...now, chosen, base: now.on && base === ORIGINAL && !known.original ? chosen : base };
}

function begin(now: Comparison, id: string, known: Known): Comparison {
  return { ...now, on: true, base: ORIGINAL, chosen: known.drawn(id) ? id : "" };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** "same" to the pixel, "scaled" when one lies exactly on the other once it is scaled, else "unlike". */
export function match(a: Size, b: Size): "same" | "scaled" | "unlike" {
  if (a.width === b.width && a.height === b.height) return "same";
  const [small, large] = a.width * a.height < b.width * b.height ? [a, b] : [b, a];
  const scale = Math.max(large.width / small.width, large.height / small.height);
  const slack = Math.max(Math.abs(small.width * scale - large.width), Math.abs(small.height * scale - large.height));
  return slack <= Math.max(1, scale) ? "scaled" : "unlike";
}
