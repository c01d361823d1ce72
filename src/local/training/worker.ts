/// <reference path="./webassembly.d.ts" />
import { parentPort, workerData } from "node:worker_threads";
import { type Architecture, layOutNetwork } from "./architecture.js";
import { createBarrier } from "./barrier.js";
import { bindKernelModule } from "./kernel-binding.js";
import { CONTROL_BYTES, type MemoryPlan } from "./memory-plan.js";
import { type EpochFigures, runTraining, type TrainingSettings } from "./training-program.js";

/** What a training thread is started with. @internal */
export interface WorkerTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly architecture: Architecture;
  readonly plan: MemoryPlan;
  readonly settings: TrainingSettings;
  readonly index: number;
  readonly threads: number;
}

/** What a training thread tells. @internal */
export type WorkerMessage = { readonly type: "epoch"; readonly figures: EpochFigures } | { readonly type: "done" };

const { module, memory, architecture, plan, settings, index, threads } = workerData as WorkerTask;
const post = (message: WorkerMessage) => parentPort?.postMessage(message);
const bytes = memory.buffer;
const half = CONTROL_BYTES / 2;
const network = { kernels: bindKernelModule(module, memory), layout: layOutNetwork(architecture), plan, bytes };

runTraining(
  network,
  settings,
  {
    index,
    threads,
    meet: createBarrier(new Int32Array(bytes, plan.control, half / 4), threads),
    results: new Float64Array(bytes, plan.control + half, half / 8),
  },
  (figures) => post({ type: "epoch", figures }),
);
post({ type: "done" });
