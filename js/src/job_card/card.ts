// What a Job's card says at a given second; Python sends the words, only the age is counted here.

export interface Card {
  readonly title: string;
  readonly badge: string;
  readonly state: "waiting" | "running" | "done" | "partial" | "failed";
  /** May hold `{age}`, which is filled in with whole seconds since `since`. */
  readonly line: string;
  readonly detail: string;
  /** Seconds from `since` to the usual end; 0 when nobody knows. */
  readonly usual: number;
  /** Seconds since 1970, by the kernel's clock; 0 when there is no age to show. */
  readonly since: number;
  readonly cancel: boolean;
  /** True while nothing was sent and the Run button would send it. */
  readonly run?: boolean;
  readonly thumb: DataView;
}

export function age(card: Pick<Card, "since">, now: number): number {
  return card.since > 0 ? Math.max(0, Math.floor(now / 1000 - card.since)) : 0;
}

/** 0 to 1, or null when nobody knows; what is late is never shown as done. */
export function progress(card: Card, now: number): number | null {
  if (card.usual <= 0 || card.since <= 0) return null;
  return Math.min(0.97, Math.max(0.02, age(card, now) / card.usual));
}

export function line(card: Pick<Card, "line" | "since">, now: number): string {
  return card.line.replaceAll("{age}", String(age(card, now)));
}

/** True while the line changes by itself. */
export function ticks(card: Pick<Card, "since" | "state">): boolean {
  return card.since > 0 && (card.state === "waiting" || card.state === "running");
}
