// Pictures that arrive as bytes, as blob URLs for <img>; the URLs are revoked when the widget goes.

export function bytesOf(data: DataView | ArrayBuffer | Uint8Array | null | undefined): Uint8Array<ArrayBuffer> {
  if (!data) return new Uint8Array();
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

export function blobOf(data: DataView | ArrayBuffer | Uint8Array | null | undefined): Blob {
  const bytes = bytesOf(data);
  const type = bytes[0] === 0x89 ? "image/png" : bytes[0] === 0x52 ? "image/webp" : "image/jpeg";
  return new Blob([bytes], { type });
}

/** Blob URLs by name. Setting a name anew revokes its old URL. */
export class BlobUrls {
  readonly #urls = new Map<string, string>();

  constructor(signal: AbortSignal) {
    signal.addEventListener("abort", () => this.clear(), { once: true });
  }

  get(name: string): string | undefined {
    return this.#urls.get(name);
  }

  set(name: string, data: DataView | ArrayBuffer | Uint8Array): string {
    const old = this.#urls.get(name);
    if (old) URL.revokeObjectURL(old);
    const url = URL.createObjectURL(blobOf(data));
    this.#urls.set(name, url);
    return url;
  }

  clear(): void {
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }
}
