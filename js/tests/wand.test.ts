// The page's wand picks what Python's does: both are held to tests/data/wand.json.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { WandSlices } from "../src/painter/wand_thread";
import type { Choice, Packed } from "../src/pixels/wand";
import { Colours, merged } from "../src/pixels/wand";
import { deflate } from "./deflate";
import { dice } from "./dice";

type Pick = Choice & { readonly sha256: string };

interface Vector {
  readonly name: string;
  readonly size: readonly [number, number];
  readonly rgb: string;
  readonly picks: readonly Pick[];
}

const file = JSON.parse(readFileSync(new URL("../../tests/data/wand.json", import.meta.url), "utf8")) as { small: Vector[]; rings: Pick[] };

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Some rows as Python sends them. */
function sent(rgb: Uint8Array, width: number, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  const row = 3 * width;
  const steps = new Uint8Array(rgb.subarray(from * row, to * row));
  for (let start = 0; start < steps.length; start += row) for (let k = start + row - 1; k >= start + 3; k--) steps[k] = steps[k]! - steps[k - 3]!;
  return deflate(steps);
}

async function coloursOf(rgb: Uint8Array, [width, height]: readonly [number, number], rows: number): Promise<Colours> {
  const colours = new Colours(width, height);
  for (let row = 0; row < height; row += rows) {
    expect(colours.rows).toBe(row);
    await colours.add(await sent(rgb, width, row, Math.min(height, row + rows)));
  }
  return colours;
}

function finished(work: Generator<undefined, Packed>): Packed {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

describe("a wand picks what Python picks", () => {
  it.each(file.small)("$name", async ({ size, rgb, picks }) => {
    const colours = await coloursOf(Buffer.from(rgb, "base64"), size, 7);
    for (const pick of picks) {
      const packed = finished(colours.pick(pick));
      expect(sha256(packed), JSON.stringify(pick)).toBe(pick.sha256);
    }
  });

  it("4096 x 4096", { timeout: 60_000 }, async () => {
    const side = 4096;
    const rgb = new Uint8Array(3 * side * side);
    for (let y = 0, k = 0; y < side; y++) {
      for (let x = 0; x < side; x++, k += 3) [rgb[k], rgb[k + 1], rgb[k + 2]] = [(x * x + y * y) >> 16, x >> 5, (x ^ y) >> 7];
    }
    const colours = await coloursOf(rgb, [side, side], 512);
    for (const pick of file.rings) expect(sha256(finished(colours.pick(pick))), JSON.stringify(pick)).toBe(pick.sha256);
  });
});

describe("work in slices", () => {
  const noise = file.small.find(({ name }) => name === "noise")!;

  it("gives the same, and lets go when it is no longer wanted", async () => {
    const slices = new WandSlices(...noise.size);
    expect(await slices.add(await sent(Buffer.from(noise.rgb, "base64"), noise.size[0], 0, noise.size[1]))).toBe(noise.size[1]);
    for (const pick of noise.picks) expect(sha256(await slices.pick(pick))).toBe(pick.sha256);
  });

  it("stands still often enough for a frame between", async () => {
    const [width, height] = [1024, 1024];
    const colours = await coloursOf(new Uint8Array(3 * width * height).fill(128), [width, height], height);
    for (const contiguous of [true, false]) {
      const stops = [...colours.pick({ at: [512, 512], tolerance: 0, contiguous })].length;
      expect(stops).toBeGreaterThan(14);
    }
  });

  it("refuses what are no rows of this picture", async () => {
    await expect(new Colours(4, 4).add(await deflate(new Uint8Array(13)))).rejects.toThrow("no rows");
    await expect(new Colours(4, 1).add(await deflate(new Uint8Array(24)))).rejects.toThrow("no rows");
  });
});

it("a picked area is added, or taken away, and nothing else changes", () => {
  const [before, area] = [Uint8Array.of(0b1100, 0b1010), Uint8Array.of(0b1010, 0)];
  expect([...merged(before, area, false)]).toEqual([0b1110, 0b1010]);
  expect([...merged(before, area, true)]).toEqual([0b0100, 0b1010]);
  expect([...before]).toEqual([0b1100, 0b1010]);
});

it("an area of any length, wherever it lies in memory, is merged to its last byte", () => {
  const roll = dice(5);
  const bytes = Uint8Array.from({ length: 40 }, () => 256 * roll());
  for (const [from, length] of [[0, 16], [1, 16], [4, 15], [3, 3]] as const) {
    const [before, area] = [bytes.slice(20, 20 + length), bytes.subarray(from, from + length)];
    expect([...merged(before, area, false)]).toEqual([...before].map((byte, k) => byte | area[k]!));
    expect([...merged(before, area, true)]).toEqual([...before].map((byte, k) => byte & ~area[k]!));
  }
});
