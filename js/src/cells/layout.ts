// Where the cells of thousands of pictures lie, which of them are in sight, and how keys move among them. No DOM here.

export const GAP = 8;
export const CAPTION = 36; // CSS pixels of the two lines under a picture
export const OVERSCAN = 2; // rows above and below what is in sight

export interface Layout {
  readonly columns: number;
  /** CSS pixels of a row with its gap. */
  readonly row: number;
  readonly cell: number;
  readonly rows: number;
  readonly height: number;
}

export function layout(total: number, width: number, side: number): Layout {
  const columns = Math.max(1, Math.floor((width + GAP) / (side + GAP)));
  const cell = Math.max(1, Math.floor((width - GAP * (columns - 1)) / columns));
  const row = cell + CAPTION + GAP;
  const rows = Math.ceil(total / columns);
  return { columns, row, cell, rows, height: Math.max(0, rows * row - GAP) };
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The rows of cells in sight, with a few more. */
export function visibleRows({ row, rows }: Layout, top: number, tall: number): Range {
  const from = Math.max(0, Math.floor(top / row) - OVERSCAN);
  return { from, to: Math.min(rows, Math.ceil((top + tall) / row) + OVERSCAN) };
}

/** The items to ask for: those in sight that are missing, and as many on either side. */
export function missing(items: ReadonlyMap<number, unknown>, seen: Range, total: number): Range | null {
  let lacks = false;
  for (let k = seen.from; k < Math.min(seen.to, total) && !lacks; k++) lacks = !items.has(k);
  if (!lacks) return null;
  const more = seen.to - seen.from;
  return { from: Math.max(0, seen.from - more), to: Math.min(total, seen.to + more) };
}

/** Where a key leads from an item, null for a key that moves nothing. */
export function moved(key: string, at: number, columns: number, page: number, total: number): number | null {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -columns * page, PageDown: columns * page, Home: -at, End: total - 1 - at };
  const step = steps[key];
  if (step === undefined || total === 0) return null;
  const to = at + step;
  if (key === "ArrowUp" && to < 0) return at;
  if (key === "ArrowDown" && to >= total) return Math.floor(at / columns) < Math.floor((total - 1) / columns) ? total - 1 : at;
  return Math.min(total - 1, Math.max(0, to));
}
