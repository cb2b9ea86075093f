import { describe, expect, it } from "vitest";
import type { AnyModel } from "@anywidget/types";
import { ItemWindow } from "../src/cells/item_window";
import { missing } from "../src/cells/layout";
import { Comm } from "../src/page/comm";

interface Item {
  readonly id: string;
}

/** A window on so many items; `answer` is Python's, with another version when the list has changed. */
function opened(names: string[]) {
  const sent: Record<string, unknown>[] = [];
  let hear: (content: unknown, buffers: DataView[]) => void = () => undefined;
  const listen = (event: string, callback: typeof hear) => {
    if (event === "msg:custom") hear = callback;
  };
  const model = { on: listen, send: (content: Record<string, unknown>) => void sent.push(content), get: () => undefined };
  const comm = new Comm<object>(model as unknown as AnyModel<Record<string, unknown>>);
  const seen = { from: 0, to: 2 };
  const filter = { words: "", starred: false };
  const window = new ItemWindow<Item>(comm, { filter: () => filter, wanted: (items, total) => missing(items, seen, total), changed: () => undefined }, new AbortController().signal);
  const answer = (version: number, list = names, asked: unknown = { starred: false, words: "" }) => {
    const { from, to } = sent.splice(0).at(-1) as { from: number; to: number };
    hear({ kind: "items", filter: asked, from, total: list.length, version, items: list.slice(from, to).map((id) => ({ id })) }, []);
  };
  return { window, sent, answer, seen };
}

describe("a window of items", () => {
  it("asks for the beginning of a list that it knows nothing of", () => {
    const { window, sent, answer } = opened(["a", "b", "c"]);
    window.clear(null);
    window.fetch();
    expect(sent).toMatchObject([{ kind: "items", from: 0 }]);
    answer(1);
    expect([window.total, [...window.items.values()].map(({ id }) => id)]).toEqual([3, ["a", "b", "c"]]);
    expect(sent).toEqual([]);
  });

  it("keeps the chosen item when others come before it, and drops what may have moved", () => {
    const { window, answer, seen } = opened(Array.from({ length: 30 }, (_, k) => `p${k}`));
    window.clear(null);
    window.fetch();
    answer(1);
    window.at = 1;
    seen.to = 4;
    window.forgetTotal();
    window.fetch(true);
    answer(2, ["new", ...Array.from({ length: 30 }, (_, k) => `p${k}`)]);
    expect([window.at, window.chosen?.id, window.total, window.items.size]).toEqual([2, "p1", 31, 8]);
  });

  it("takes no answer to another filter, and none while what is shown is newer", () => {
    const { window, answer } = opened(["a"]);
    window.clear(null);
    window.fetch();
    answer(1, ["a"], { words: "cat", starred: false });
    expect(window.total).toBe(0);
    window.fetch(true);
    window.held = () => true;
    answer(1);
    expect(window.total).toBe(0);
    window.fetch(true);
    window.held = () => false;
    window.fetch(true);
    answer(1);
    expect(window.total).toBe(1);
  });
});
