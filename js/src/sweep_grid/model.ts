// The sweep as rows and columns: the cell at each position, where an arrow leads, what the slider passes. No DOM in here.

/** Stands for the picture that was edited wherever a picture is named by the id of its cell. */
export const ORIGINAL = "";

export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
  /** The values as numbers, or null when they are not all numbers; only then can the axis be scrubbed. */
  readonly numbers: readonly number[] | null;
}

export type State = "planned" | "invalid" | "waiting" | "running" | "done" | "failed";

export interface Cell {
  readonly id: string;
  /** Index of the cell's value on each axis, in the order of the axes. */
  readonly at: readonly number[];
  readonly state: State;
  readonly title: string;
  /** What happens or happened, in Python's words: seconds and cost, or why it waits. */
  readonly line: string;
  readonly code: string;
  readonly reason: string;
  readonly todo: string;
  readonly retry: boolean;
  readonly starred: boolean;
  readonly winner: boolean;
  /** Grows when the cell has a new picture; 0 while it has none. */
  readonly version: number;
}

/** What a grid may be confined to. */
export type Filter = "starred" | "failed";

export function passes(cell: Cell, filter: Filter | null): boolean {
  return filter === null || (filter === "starred" ? cell.starred : cell.state === "failed");
}

export interface Row {
  readonly label: string;
  readonly cells: readonly (Cell | null)[];
}

export interface Layout {
  readonly across: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** The axis of the columns, which the slider scrubs: `strength`, else the first of numbers, else the first. */
export function acrossAxis(axes: readonly Axis[]): number {
  const named = axes.findIndex((axis) => axis.name === "strength" && axis.numbers);
  if (named >= 0) return named;
  const numbered = axes.findIndex((axis) => axis.numbers && axis.name !== "seed");
  return Math.max(0, numbered);
}

export function layout(axes: readonly Axis[], cells: readonly Cell[]): Layout {
  const across = acrossAxis(axes);
  const axis = axes[across];
  if (!axis) return { across: "", columns: [], rows: cells.length > 0 ? [{ label: "", cells }] : [] };
  const others = axes.map((_, k) => k).filter((k) => k !== across);
  const rows = new Map<string, { label: string; cells: (Cell | null)[] }>();
  for (const index of combinations(others.map((k) => axes[k]!.values.length))) {
    const label = others.map((k, n) => `${axes[k]!.name} ${axes[k]!.values[index[n]!] ?? ""}`).join(", ");
    rows.set(index.join(), { label, cells: axis.values.map(() => null) });
  }
  for (const cell of cells) {
    const row = rows.get(others.map((k) => cell.at[k] ?? 0).join());
    const column = cell.at[across] ?? 0;
    if (row && column < row.cells.length) row.cells[column] = cell;
  }
  return { across: axis.name, columns: axis.values, rows: [...rows.values()] };
}

function combinations(lengths: readonly number[]): number[][] {
  return lengths.reduce<number[][]>((all, length) => all.flatMap((one) => Array.from({ length }, (_, k) => [...one, k])), [[]]);
}

/** The cell an arrow leads to; at the rim, and where a row has no cell, it stays. */
export function move({ rows }: Layout, id: string, dx: number, dy: number): string {
  const y = rows.findIndex((row) => row.cells.some((cell) => cell?.id === id));
  const row = rows[y];
  if (!row) return rows.flatMap((each) => each.cells).find((cell) => cell !== null)?.id ?? "";
  const x = row.cells.findIndex((cell) => cell?.id === id);
  for (let k = 1; k < 100; k++) {
    const there = rows[y + k * dy]?.cells;
    if (!there || x + k * dx < 0 || x + k * dx >= there.length) return id;
    const cell = there[x + k * dx];
    if (cell) return cell.id;
  }
  return id;
}

/** One stop of the slider; the original has no cell. */
export interface Stop {
  readonly label: string;
  /** What is written under the slider: the value, without the axis's name. */
  readonly tick: string;
  readonly cell: Cell | null;
}

/** The slider's stops for the row of a cell: the original, if there is one, then the axis's values from small to large. */
export function stops(axes: readonly Axis[], cells: readonly Cell[], id: string, original: string | null): Stop[] {
  const across = acrossAxis(axes);
  const axis = axes[across];
  const here = cells.find((cell) => cell.id === id);
  const first: Stop[] = original === null ? [] : [{ label: original, tick: original, cell: null }];
  if (!here) return first;
  if (!axis) return [...first, { label: here.title, tick: here.title, cell: here }];
  const row = cells.filter((cell) => cell.at.every((value, k) => k === across || value === here.at[k]));
  const order = (cell: Cell) => axis.numbers?.[cell.at[across] ?? 0] ?? cell.at[across] ?? 0;
  const sorted = [...row].sort((a, b) => order(a) - order(b));
  const value = (cell: Cell) => axis.values[cell.at[across] ?? 0] ?? "";
  return [...first, ...sorted.map((cell) => ({ label: `${axis.name} ${value(cell)}`, tick: value(cell), cell }))];
}

export interface Counts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

export function count(cells: readonly Cell[]): Counts {
  const having = (state: State) => cells.filter((cell) => cell.state === state).length;
  return { total: cells.length - having("invalid"), done: having("done"), failed: having("failed") };
}

/** Cells whose thumbnail is missing or old. */
export function missingThumbs(cells: readonly Cell[], have: ReadonlyMap<string, number>): string[] {
  return cells.filter((cell) => cell.version > (have.get(cell.id) ?? 0)).map((cell) => cell.id);
}

export type GridCommand = { readonly do: "move"; readonly dx: number; readonly dy: number } | { readonly do: GridAction };

type GridAction = "open" | "star" | "winner" | "leave" | "compare" | "mode" | "difference" | "fit";

const LETTERS: Readonly<Record<string, GridAction>> = { KeyS: "star", KeyW: "winner", KeyC: "compare", KeyM: "mode", KeyD: "difference", Digit0: "fit", Numpad0: "fit" };

/** The grid's keys; letters go by the key's position, so that they work in any script. */
export function gridCommand(press: { readonly code: string; readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean }): GridCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  switch (press.key) {
    case "ArrowLeft":
      return { do: "move", dx: -1, dy: 0 };
    case "ArrowRight":
      return { do: "move", dx: 1, dy: 0 };
    case "ArrowUp":
      return { do: "move", dx: 0, dy: -1 };
    case "ArrowDown":
      return { do: "move", dx: 0, dy: 1 };
    case "Enter":
      return { do: "open" };
    case "Escape":
      return { do: "leave" };
  }
  const action = LETTERS[press.code];
  return action ? { do: action } : null;
}
