// The timer behind blinking: it runs only while blinking is on, in sight, and allowed by prefers-reduced-motion.

export const PERIOD_MS = 700;

export class Blink {
  readonly #flip: () => void;
  readonly #reducedMotion: MediaQueryList;
  #on = false;
  #visible = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(frame: HTMLElement, flip: () => void, signal: AbortSignal) {
    this.#flip = flip;
    this.#reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    const update = () => this.#update();
    // The only event that also tells when the notebook removes an output from the page or scrolls it away.
    const visibility = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1)?.isIntersecting ?? false;
      update();
    });
    visibility.observe(frame);
    document.addEventListener("visibilitychange", update, { signal });
    this.#reducedMotion.addEventListener("change", update, { signal });
    signal.addEventListener("abort", () => {
      visibility.disconnect();
      this.turn(false);
    });
  }

  turn(on: boolean): void {
    this.#on = on;
    this.#update();
  }

  #update(): void {
    const runs = this.#on && this.#visible && !this.#reducedMotion.matches && document.visibilityState === "visible";
    if (runs === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = runs ? setInterval(this.#flip, PERIOD_MS) : undefined;
  }
}
