/** The time that traffic is sent by; a test brings its own. */
export interface TrafficClock {
  /** Milliseconds since some beginning. */
  readonly now: () => number;
  /** Waits. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What {@link sendTraffic} works with. */
export interface TrafficOptions {
  /** Requests a second. */
  readonly rate: number;
  /** How long it goes on. */
  readonly seconds: number;
  /** Sends one request; what it rejects with is counted as failed. */
  readonly send: (index: number, elapsedSeconds: number) => Promise<void>;
  /** Is told after each request. */
  readonly onProgress: (counts: TrafficCounts) => void;
  readonly clock: TrafficClock;
  readonly signal: AbortSignal;
}

/** What became of the requests. */
export interface TrafficCounts {
  readonly answered: number;
  readonly failed: number;
  /** The last failure. */
  readonly reason?: string;
}

/** Requests at once: when the endpoint is slower than the rate, the rate falls instead of the queue growing. */
const MAX_OPEN = 32;

/** Sends requests at a steady rate, without waiting for the answers. */
export async function sendTraffic(options: TrafficOptions): Promise<TrafficCounts> {
  const { rate, seconds, send, onProgress, clock, signal } = options;
  const start = clock.now();
  const open = new Set<Promise<void>>();
  let answered = 0;
  let failed = 0;
  let reason: string | undefined;
  const counts = () => ({ answered, failed, ...(reason === undefined ? {} : { reason }) });
  for (let index = 0; index < rate * seconds && !signal.aborted; index++) {
    const early = start + (index * 1000) / rate - clock.now();
    if (early > 0) await clock.sleep(early, signal);
    if (open.size >= MAX_OPEN) await Promise.race(open);
    if (signal.aborted) break;
    const request = send(index, (clock.now() - start) / 1000)
      .then(
        () => void answered++,
        (error: unknown) => {
          failed++;
          reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        },
      )
      .finally(() => {
        open.delete(request);
        onProgress(counts());
      });
    open.add(request);
  }
  await Promise.all(open);
  return counts();
}
