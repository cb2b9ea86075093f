// A picture's file out of the page: saved by the browser, or opened in a tab of its own.

const LIFE_MS = 60_000; // by then the browser has read it

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = temporaryUrl(blob);
  link.download = name;
  link.click();
}

export function openInTab(blob: Blob): void {
  window.open(temporaryUrl(blob), "_blank", "noopener");
}

function temporaryUrl(blob: Blob): string {
  const url = URL.createObjectURL(blob);
  setTimeout(() => URL.revokeObjectURL(url), LIFE_MS);
  return url;
}
