import type { ProgressDisplay } from "./progress-display.js";

/** How long a stage took. */
export interface StageTime {
  readonly stage: string;
  readonly seconds: number;
  /** Share of the time of all stages, 0 to 1. */
  readonly share: number;
}

/** A display that also keeps how long each stage takes. */
export function withStageTimes(display: ProgressDisplay): ProgressDisplay & { stageTimes(): readonly StageTime[] } {
  const times = new Map<string, number>();
  let title = "";
  let startedAt = 0;
  return {
    ...display,
    start(nextTitle) {
      title = nextTitle;
      startedAt = performance.now();
      display.start(nextTitle);
    },
    finish(text) {
      times.set(title, (performance.now() - startedAt) / 1000);
      display.finish(text);
    },
    stageTimes() {
      const total = [...times.values()].reduce((sum, seconds) => sum + seconds, 0);
      return [...times].map(([stage, seconds]) => ({ stage, seconds, share: seconds / total }));
    },
  };
}
