// The clock behind blinking: it runs only while blinking is wanted, in sight, and not against the reader's wish.

export const PERIOD = 700; // ms

export class Blink {
  readonly #flip: () => void;
  readonly #still: MediaQueryList;
  #wanted = false;
  #inSight = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(frame: HTMLElement, flip: () => void, signal: AbortSignal) {
    this.#flip = flip;
    this.#still = matchMedia("(prefers-reduced-motion: reduce)");
    const settle = () => this.#settle();
    // Also tells when the notebook takes an output out of the page, or scrolls it away, which no other event does.
    const sight = new IntersectionObserver((entries) => {
      this.#inSight = entries.at(-1)?.isIntersecting ?? false;
      settle();
    });
    sight.observe(frame);
    document.addEventListener("visibilitychange", settle, { signal });
    this.#still.addEventListener("change", settle, { signal });
    signal.addEventListener("abort", () => {
      sight.disconnect();
      this.want(false);
    });
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    this.#settle();
  }

  #settle(): void {
    const runs = this.#wanted && this.#inSight && !this.#still.matches && document.visibilityState === "visible";
    if (runs === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = runs ? setInterval(this.#flip, PERIOD) : undefined;
  }
}
