import { expect, it } from "vitest";
import { gridCommand } from "../src/sweep_grid/model";
import type { KeyPress } from "../src/painter/keys";
import { command } from "../src/painter/keys";

function press(code: string, key: string, held: Partial<KeyPress> = {}): KeyPress {
  return { code, key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held };
}

const SHIFT = { shiftKey: true };

it.each([
  ["B", press("KeyB", "b"), { do: "tool", tool: "brush", erase: false }],
  ["B on a Russian keyboard", press("KeyB", "и"), { do: "tool", tool: "brush", erase: false }],
  ["E", press("KeyE", "e"), { do: "tool", tool: "brush", erase: true }],
  ["X", press("KeyX", "x"), { do: "swap" }],
  ["L", press("KeyL", "l"), { do: "tool", tool: "lasso" }],
  ["P", press("KeyP", "p"), { do: "tool", tool: "polygon" }],
  ["U", press("KeyU", "u"), { do: "tool", tool: "rect" }],
  ["O", press("KeyO", "o"), { do: "tool", tool: "ellipse" }],
  ["Backspace takes a corner", press("Backspace", "Backspace"), { do: "corner" }],
  ["W", press("KeyW", "w"), { do: "tool", tool: "wand" }],
  [", goes back", press("Comma", ","), { do: "previous" }],
  [". goes on", press("Period", "."), { do: "next" }],
  ["G", press("KeyG", "g"), { do: "tool", tool: "fill" }],
  ["Shift+V", press("KeyV", "V", SHIFT), { do: "invert" }],
  ["[", press("BracketLeft", "["), { do: "size", step: -1 }],
  ["] where it lies elsewhere", press("Digit9", "]"), { do: "size", step: 1 }],
  ["Shift+[", press("BracketLeft", "{", SHIFT), { do: "size", step: -5 }],
  ["Shift+]", press("BracketRight", "}", SHIFT), { do: "size", step: 5 }],
  ["?", press("Slash", "?", SHIFT), { do: "help" }],
  ["? on a French keyboard", press("KeyM", "?", SHIFT), { do: "help" }],
  ["0", press("Digit0", "0"), { do: "fit" }],
  ["1", press("Digit1", "1"), { do: "actual" }],
  ["H", press("KeyH", "h"), { do: "hide" }],
  ["Ctrl+Z", press("KeyZ", "z", { ctrlKey: true }), { do: "undo" }],
  ["Cmd+Z", press("KeyZ", "z", { metaKey: true }), { do: "undo" }],
  ["Ctrl+Shift+Z", press("KeyZ", "Z", { ctrlKey: true, shiftKey: true }), { do: "redo" }],
  ["Ctrl+Y", press("KeyY", "y", { ctrlKey: true }), { do: "redo" }],
  ["Ctrl+Z on a German keyboard", press("KeyY", "z", { ctrlKey: true }), { do: "undo" }],
  ["Ctrl+Z on a Russian keyboard", press("KeyZ", "я", { ctrlKey: true }), { do: "undo" }],
  ["Space", press("Space", " "), { do: "pan" }],
  ["Enter", press("Enter", "Enter"), { do: "dab", line: false }],
  ["Esc", press("Escape", "Escape"), { do: "leave" }],
  ["Shift+Left", press("ArrowLeft", "ArrowLeft", SHIFT), { do: "move", dx: -10, dy: 0 }],
] as const)("%s", (_, pressed, meant) => expect(command(pressed)).toEqual(meant));

it.each([
  ["Ctrl+B is the browser's", press("KeyB", "b", { ctrlKey: true })],
  ["Ctrl+S is the notebook's", press("KeyS", "s", { ctrlKey: true })],
  ["Alt+B", press("KeyB", "b", { altKey: true })],
  ["plain V", press("KeyV", "v")],
  ["Tab moves the focus", press("Tab", "Tab")],
])("%s", (_, pressed) => expect(command(pressed)).toBeNull());

it("the grid has arrows, Enter, S, W and Esc", () => {
  const meant = (code: string, key: string) => gridCommand(press(code, key))?.do;
  expect(["ArrowLeft", "ArrowDown"].map((key) => meant(key, key))).toEqual(["move", "move"]);
  expect([meant("Enter", "Enter"), meant("KeyS", "ы"), meant("KeyW", "w"), meant("Escape", "Escape")]).toEqual(["open", "star", "winner", "leave"]);
  expect(gridCommand(press("KeyS", "s", { ctrlKey: true }))).toBeNull();
});
