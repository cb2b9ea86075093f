// Whether Run can be pressed, and the one line under it: how the edit stands, or why there is none to be had. No DOM.

import type { Texts } from "../page/comm";
import { text } from "../page/comm";

/** The state of the edit; all words come from Python. */
export interface RunState {
  readonly busy: boolean;
  readonly state: string;
  readonly line: string;
  readonly detail: string;
  readonly cancel: boolean;
  /** What was asked for last: a page that is loaded anew has it in its field. */
  readonly prompt: string;
  /** How many presses of Run were handled: until it rises a press is on its way, and another one would be paid, too. */
  readonly answered: number;
}

export interface RunLine {
  readonly ready: boolean;
  readonly state: string;
  readonly line: string;
}

export function runLine(run: RunState, now: { gone: boolean; painted: boolean; prompt: string; sent: boolean }, texts: Texts): RunLine {
  const said = { state: run.state, line: run.detail ? `${run.line}\n${run.detail}` : run.line };
  if (now.gone && run.busy) return { ready: false, state: "", line: "" }; // nobody here knows how it stands
  if (run.busy || now.gone || now.sent) return { ready: false, ...said };
  if (!now.painted) return { ready: false, state: "", line: text(texts, "no_mask") };
  if (!now.prompt.trim()) return { ready: false, state: "", line: text(texts, "no_prompt") };
  return { ready: true, ...said };
}
