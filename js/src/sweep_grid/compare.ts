// How two pictures of a sweep are compared: in which mode, and with which other picture. No DOM in here.

import { ORIGINAL } from "./model";

export const MODES = ["slider", "side", "blink", "diff", "overlay"] as const;
export type Mode = (typeof MODES)[number];

export interface Comparison {
  readonly on: boolean;
  readonly mode: Mode;
  /** The mode that D goes back to. */
  readonly previous: Mode;
  /** The picture that the opened one is compared with: a cell, or the original. */
  readonly base: string;
  /** The cell that C was pressed on last, which C on another cell compares with; "" for none. */
  readonly chosen: string;
}

/** What there is to compare: whether the sweep has an original, and which cells have a picture. */
export interface Available {
  readonly original: boolean;
  readonly picture: (id: string) => boolean;
}

export const NOT_COMPARING: Comparison = { on: false, mode: "slider", previous: "slider", base: ORIGINAL, chosen: "" };

/** C: compare a cell with the original; on a second cell the two; there again with the original, and then not at all. */
export function chooseCell(now: Comparison, id: string, available: Available): Comparison {
  if (!now.on) return startComparing(now, id, available);
  if (!available.picture(id)) return now;
  if (now.chosen === id) return now.base !== ORIGINAL && available.original ? { ...now, base: ORIGINAL } : stopComparing(now);
  return { ...now, base: now.chosen || now.base, chosen: id };
}

/** A mode's button: compare in this mode, and stop when it is pressed again. */
export function toggleMode(now: Comparison, mode: Mode, id: string, available: Available): Comparison {
  if (now.on && now.mode === mode) return stopComparing(now);
  return { ...(now.on ? now : startComparing(now, id, available)), mode, previous: now.mode };
}

/** M: the next mode; when nothing is compared yet, start in the current one. */
export function nextMode(now: Comparison, id: string, available: Available): Comparison {
  if (!now.on) return startComparing(now, id, available);
  return { ...now, mode: MODES[(MODES.indexOf(now.mode) + 1) % MODES.length] ?? "slider", previous: now.mode };
}

/** D: the difference, and back to the mode before. */
export function toggleDifference(now: Comparison, id: string, available: Available): Comparison {
  if (!now.on || now.mode !== "diff") return toggleMode(now, "diff", id, available);
  return { ...now, mode: now.previous === "diff" ? "slider" : now.previous };
}

/** Compare with this picture from now on. */
export function compareWith(now: Comparison, base: string): Comparison {
  return { ...now, base, chosen: base === ORIGINAL ? now.chosen : base };
}

export function stopComparing(now: Comparison): Comparison {
  return { ...now, on: false, base: ORIGINAL, chosen: "" };
}

/** The comparison without pictures that have gone; where there is no original, the chosen cell takes its part. */
export function withoutMissing(now: Comparison, available: Available): Comparison {
  const chosen = available.picture(now.chosen) ? now.chosen : "";
  const base = now.base !== ORIGINAL && !available.picture(now.base) ? ORIGINAL : now.base;
  return { ...now, chosen, base: now.on && base === ORIGINAL && !available.original ? chosen : base };
}

function startComparing(now: Comparison, id: string, available: Available): Comparison {
  return { ...now, on: true, base: ORIGINAL, chosen: available.picture(id) ? id : "" };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** "same" to the pixel, "scaled" when one lies exactly on the other once it is scaled, else "unlike". */
export function matchSizes(a: Size, b: Size): "same" | "scaled" | "unlike" {
  if (a.width === b.width && a.height === b.height) return "same";
  const [small, large] = a.width * a.height < b.width * b.height ? [a, b] : [b, a];
  const scale = Math.max(large.width / small.width, large.height / small.height);
  const slack = Math.max(Math.abs(small.width * scale - large.width), Math.abs(small.height * scale - large.height));
  return slack <= Math.max(1, scale) ? "scaled" : "unlike";
}
