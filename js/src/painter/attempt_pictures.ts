// The pixels of attempts and of the pictures that were painted on, asked of Python when they are first looked at.
// One for a model; the last few stay decoded.

import type { Comm } from "../page/comm";
import { blobOf, bytesOf } from "../page/blobs";
import type { Attempt } from "./attempts";
import type { Traits } from "./traits";

/** Pixels that stay decoded: a picture of 4096 x 4096 takes 64 MB. */
const KEPT = 64_000_000;

interface Wanted {
  readonly id: string;
  readonly call: (blob: Blob, name: string) => void;
  readonly parts: Uint8Array[];
}

export class AttemptPictures {
  readonly #comm: Comm<Traits>;
  readonly #changed: () => void;
  readonly #images = new Map<string, ImageBitmap>();
  readonly #asked = new Set<string>();
  #wanted: Wanted | null = null;

  constructor(comm: Comm<Traits>, changed: () => void) {
    this.#comm = comm;
    this.#changed = changed;
    comm.onMessage((content, buffers) => {
      const data = buffers[0];
      if (!data) return;
      if (content["kind"] === "attempt") void this.#decode(`full ${String(content["id"])}`, data);
      if (content["kind"] === "picture" && this.#asked.has(`ground ${String(content["picture"])}`)) void this.#decode(`ground ${String(content["picture"])}`, data);
      if (content["kind"] === "file") this.#file(content, data);
    });
  }

  /** The attempt's picture; its thumbnail until that has come. */
  of(attempt: Attempt): ImageBitmap | null {
    const full = `full ${attempt.id}`;
    const found = this.#images.get(full);
    if (found) return found;
    this.#ask(full, { kind: "attempt", id: attempt.id });
    const small = `small ${attempt.id}`;
    if (!this.#asked.has(small)) {
      this.#asked.add(small);
      void this.#decode(small, attempt.data);
    }
    return this.#images.get(small) ?? null;
  }

  /** A picture that was painted on. */
  ground(number: number): ImageBitmap | null {
    const name = `ground ${number}`;
    const found = this.#images.get(name);
    if (!found) this.#ask(name, { kind: "picture", picture: number });
    return found ?? null;
  }

  isWhole(attempt: Attempt): boolean {
    return this.#images.has(`full ${attempt.id}`);
  }

  /** Ask for the file itself, to be saved or opened; it comes in pieces. */
  file(attempt: Attempt, call: Wanted["call"]): void {
    this.#wanted = { id: attempt.id, call, parts: [] };
    this.#comm.send({ kind: "file", id: attempt.id });
  }

  #file(content: Record<string, unknown>, data: DataView): void {
    const wanted = this.#wanted;
    if (!wanted || content["id"] !== wanted.id || content["part"] !== wanted.parts.length) return;
    wanted.parts.push(bytesOf(data));
    if (wanted.parts.length !== content["parts"]) return;
    this.#wanted = null;
    const bytes = new Uint8Array(wanted.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of wanted.parts) {
      bytes.set(part, at);
      at += part.length;
    }
    wanted.call(blobOf(bytes), String(content["name"]));
  }

  #ask(name: string, message: object): void {
    if (this.#asked.has(name)) return;
    this.#asked.add(name);
    this.#comm.send(message);
  }

  async #decode(name: string, data: DataView): Promise<void> {
    try {
      this.#images.set(name, await createImageBitmap(blobOf(data)));
    } catch {
      return; // the thumbnail stays; a picture that no browser shows can still be downloaded
    }
    this.#forget();
    this.#changed();
  }

  /** Drop the oldest beyond what is kept; not closed, since a view may still draw it. */
  #forget(): void {
    let pixels = 0;
    for (const [name, image] of [...this.#images].reverse()) {
      pixels += image.width * image.height;
      if (pixels <= KEPT || name === [...this.#images.keys()].at(-1)) continue;
      this.#images.delete(name);
      this.#asked.delete(name);
    }
  }
}
