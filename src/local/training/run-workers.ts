/// <reference path="./webassembly.d.ts" />
import { Worker } from "node:worker_threads";
import type { Architecture } from "./architecture.js";
import { WORKER_SOURCE } from "./generated/worker-source.js";
import { compileKernels } from "./kernels.js";
import type { MemoryPlan } from "./memory-plan.js";
import type { EpochFigures, TrainingSettings } from "./training-program.js";
import type { WorkerMessage, WorkerTask } from "./worker.js";

/** What the threads work on. @internal */
export interface RunWorkersOptions {
  readonly memory: WebAssembly.Memory;
  readonly architecture: Architecture;
  readonly plan: MemoryPlan;
  readonly settings: TrainingSettings;
  /** How many threads. */
  readonly threads: number;
  /** Ends them at once. */
  readonly signal: AbortSignal | undefined;
  /** Is told each epoch. */
  readonly onEpoch: (figures: EpochFigures) => void;
}

/**
 * Runs the training threads to their end. When one fails, or the signal fires, all are terminated, and the promise
 * settles only when none is left.
 *
 * @param options - See {@link RunWorkersOptions}.
 * @throws The signal's reason, or what a thread threw.
 * @internal
 */
export async function runWorkers(options: RunWorkersOptions): Promise<void> {
  const { memory, architecture, plan, settings, threads, signal, onEpoch } = options;
  const workers = Array.from({ length: threads }, (_, index) => {
    const task: WorkerTask = { module: compileKernels(), memory, architecture, plan, settings, index, threads };
    return new Worker(WORKER_SOURCE, { eval: true, workerData: task, execArgv: [], env: {} });
  });
  let stop = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      let running = threads;
      stop = () => reject(signal?.reason);
      signal?.addEventListener("abort", stop, { once: true });
      if (signal?.aborted) stop();
      for (const worker of workers) {
        worker.on("error", reject);
        worker.on("exit", (code) => {
          if (code !== 0) reject(new Error(`a training thread ended with exit code ${code}`));
        });
        worker.on("message", (message: WorkerMessage) => {
          if (message.type === "epoch") {
            try {
              onEpoch(message.figures);
            } catch (error) {
              reject(error);
            }
          } else if (--running === 0) resolve();
        });
      }
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
