import { expect, it } from "vitest";
import type { Row } from "../src/jobs_view/row";
import { columns, line, rest, ticks } from "../src/jobs_view/row";

const row: Row = { id: "a", prompt: "", outcome: "", title: "wan2.6-t2i", badge: "", state: "running", line: "drawing · {age} s", detail: "", usual: 30, since: 1000, cancel: true };

it.each([[1_000_000, 30], [1_012_000, 18], [1_090_000, 0]] as const)("at %d ms there are %d seconds left", (now, seconds) => {
  expect(rest(row, now)).toBe(seconds);
});

it("nobody knows the rest of what has no usual time or does not run", () => {
  expect([rest({ ...row, usual: 0 }, 1_012_000), rest({ ...row, since: 0 }, 1_012_000)]).toEqual([null, null]);
  expect(ticks({ ...row, state: "done", since: 0 })).toBe(false);
});

it("a column with nothing to show is not there", () => {
  const done = { ...row, state: "done", since: 0, cancel: false } as const;
  expect(columns([done, row])).toEqual({ rest: true, act: true });
  expect(columns([done, { ...row, usual: 0 }])).toEqual({ rest: false, act: true });
  expect(columns([done])).toEqual({ rest: false, act: false });
});

it("a row says its age as the card does", () => expect(line(row, 1_012_000)).toBe("drawing · 12 s"));
