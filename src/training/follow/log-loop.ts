import { sleep } from "../../core/abort.js";
import type { LogSource } from "../logs/log-source.js";
import { TrainingLogReader } from "../logs/training-log-reader.js";
import type { EpochReporter } from "./epoch-reporter.js";
import type { TrainingProgressEvent } from "./training-progress.js";
import { isTransientError } from "./transient-error.js";

/** What {@link followLog} works with. @internal */
export interface LogLoopOptions {
  /** The log. */
  readonly source: LogSource;
  /** Is told each line. */
  readonly reporter: EpochReporter;
  /** Is told what cannot be read. */
  readonly emit: (event: TrainingProgressEvent) => void;
  /** Milliseconds between two looks; absent: a tenth of what has passed, 0.1 to 10 s. */
  readonly intervalMs: number | undefined;
  /** Ends the loop at once. */
  readonly signal: AbortSignal;
  /** Fires when the job is over: what is left is read, and the loop ends. */
  readonly over: AbortSignal;
}

const MIN_INTERVAL_MS = 100;
/** As the Python SDK has it. Source: aws/sagemaker-python-sdk, session.py. */
const MAX_INTERVAL_MS = 10_000;
const MAX_BACKOFF_MS = 60_000;
/** Lines arrive late on AWS: so often the log is looked at again when the job is over. */
const LAST_LOOKS = 3;

/**
 * Reads the log while the job runs, and what is left of it when the job is over. Throttling only makes the looks rarer;
 * a log that may not be read is given up, which is told once.
 *
 * @param options - See {@link LogLoopOptions}.
 * @internal
 */
export async function followLog(options: LogLoopOptions): Promise<void> {
  const { source, reporter, emit, signal, over } = options;
  const reader = new TrainingLogReader();
  const start = Date.now();
  let errors = 0;
  let looksLeft = LAST_LOOKS;
  while (!signal.aborted) {
    const isOver = over.aborted;
    try {
      for await (const events of source.read(signal)) {
        for (const { message, instance, timestamp } of events) {
          for (const line of reader.read(message, instance)) reporter.add(line, timestamp);
        }
      }
      errors = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (!isLogTrouble(error)) throw error;
      if (!isTransientError(error)) {
        emit({ type: "logUnavailable", message: describeTrouble(error), error });
        return;
      }
      errors++;
      emit({ type: "retry", of: "log", attempt: errors, error });
    }
    if (isOver && (--looksLeft <= 0 || (errors === 0 && reporter.isComplete))) return;
    const elapsed = Date.now() - start;
    const usual = options.intervalMs ?? Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, elapsed / 10));
    const pause = Math.min(MAX_BACKOFF_MS, usual * 2 ** errors);
    await sleepUntilOver(isOver ? Math.min(pause, MAX_INTERVAL_MS) : pause, signal, isOver ? undefined : over);
  }
}

/** An error of AWS or of the network, rather than of the caller's own callback. */
function isLogTrouble(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return "$metadata" in error || isTransientError(error) || /Credential|Token/.test(error.name);
}

function describeTrouble({ name }: Error): string {
  if (/AccessDenied|Unauthorized/i.test(name)) {
    return "The log cannot be read. Allow logs:DescribeLogStreams and logs:GetLogEvents on /aws/sagemaker/TrainingJobs.";
  }
  return `The log cannot be read: ${name}. The job goes on; its status is followed all the same.`;
}

/** Waits; an abort or the end of the job ends the wait without an error. */
async function sleepUntilOver(milliseconds: number, signal: AbortSignal, over: AbortSignal | undefined): Promise<void> {
  const controller = new AbortController();
  const wake = () => controller.abort();
  for (const one of [signal, over]) one?.addEventListener("abort", wake, { once: true });
  try {
    if (signal.aborted || over?.aborted) return;
    await sleep(milliseconds, controller.signal).catch(() => undefined);
  } finally {
    for (const one of [signal, over]) one?.removeEventListener("abort", wake);
  }
}
