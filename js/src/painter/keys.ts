// The painter's keys: from a key press to a command, so that the table can be tested without a page.

export type Tool = "brush" | "lasso" | "polygon" | "rect" | "ellipse" | "fill" | "wand";

export type Command =
  | { readonly do: "tool"; readonly tool: Tool; readonly erase?: boolean }
  | { readonly do: "size"; readonly step: number }
  | { readonly do: "move"; readonly dx: number; readonly dy: number }
  | { readonly do: "swap" | "invert" | "undo" | "redo" | "fit" | "actual" | "hide" | "help" | "leave" | "pan" | "previous" | "next" | "corner" | "full" | "edges" }
  | { readonly do: "zoom"; readonly factor: number }
  | { readonly do: "dab"; readonly line: boolean };

export interface KeyPress {
  readonly code: string;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const TOOLS: Readonly<Record<string, Command>> = {
  KeyB: { do: "tool", tool: "brush", erase: false },
  KeyE: { do: "tool", tool: "brush", erase: true },
  KeyX: { do: "swap" },
  KeyL: { do: "tool", tool: "lasso" },
  KeyP: { do: "tool", tool: "polygon" },
  KeyU: { do: "tool", tool: "rect" },
  KeyO: { do: "tool", tool: "ellipse" },
  KeyG: { do: "tool", tool: "fill" },
  KeyW: { do: "tool", tool: "wand" },
  KeyS: { do: "edges" },
  KeyH: { do: "hide" },
  KeyF: { do: "full" },
};

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const ZOOM_STEP = 1.25;

/** Letters go by the key's position (`code`), so that they work in any script; `? [ ]` by what it types (`key`). */
export function command(press: KeyPress): Command | null {
  if (press.ctrlKey || press.metaKey) return withControl(press);
  if (press.altKey) return null;
  if (press.key === "?") return { do: "help" };
  // Shift turns [ ] into { } on the keyboards that have both on one key.
  if (press.key === "[" || press.key === "{") return { do: "size", step: press.shiftKey ? -5 : -1 };
  if (press.key === "]" || press.key === "}") return { do: "size", step: press.shiftKey ? 5 : 1 };
  if (press.key === "+" || press.key === "=") return { do: "zoom", factor: ZOOM_STEP };
  if (press.key === "-") return { do: "zoom", factor: 1 / ZOOM_STEP };
  if (press.key === "Escape") return { do: "leave" };
  if (press.key === "Enter") return { do: "dab", line: press.shiftKey };
  if (press.key === "Backspace") return { do: "corner" };
  if (press.key === " ") return { do: "pan" };
  if (press.key === ",") return { do: "previous" };
  if (press.key === ".") return { do: "next" };
  if (press.shiftKey && press.code === "KeyV") return { do: "invert" };
  const arrow = ARROWS[press.key];
  if (arrow) return { do: "move", dx: arrow[0] * (press.shiftKey ? 10 : 1), dy: arrow[1] * (press.shiftKey ? 10 : 1) };
  if (press.shiftKey) return null;
  if (press.code === "Digit0" || press.code === "Numpad0") return { do: "fit" };
  if (press.code === "Digit1" || press.code === "Numpad1") return { do: "actual" };
  return TOOLS[press.code] ?? null;
}

function withControl(press: KeyPress): Command | null {
  if (press.altKey) return null;
  // On a German keyboard Z and Y have changed places: a Latin letter that is typed decides.
  const typed = press.key.toLowerCase();
  const letter = typed === "z" || typed === "y" ? typed : press.code === "KeyZ" ? "z" : press.code === "KeyY" ? "y" : "";
  if (letter === "y") return { do: "redo" };
  if (letter === "z") return { do: press.shiftKey ? "redo" : "undo" };
  return null;
}
