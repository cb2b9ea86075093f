// What a Job's card says at a given second; Python sends the words, the age alone is counted here.

export interface Card {
  readonly title: string;
  readonly badge: string;
  readonly state: "waiting" | "running" | "done" | "failed";
  /** May hold `{age}`, which is filled in with whole seconds since `since`. */
  readonly line: string;
  readonly detail: string;
  /** 0 to 1, or below 0 when nobody knows. */
  readonly progress: number;
  /** Seconds since 1970, by the kernel's clock; 0 when there is no age to show. */
  readonly since: number;
  readonly cancel: boolean;
  readonly thumb: DataView;
}

export function age(card: Card, now: number): number {
  return card.since > 0 ? Math.max(0, Math.floor(now / 1000 - card.since)) : 0;
}

export function line(card: Card, now: number): string {
  return card.line.replaceAll("{age}", String(age(card, now)));
}

/** True while the line changes by itself. */
export function ticks(card: Card): boolean {
  return card.since > 0 && card.line.includes("{age}") && (card.state === "waiting" || card.state === "running");
}
