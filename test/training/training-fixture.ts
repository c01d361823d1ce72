import { getEventListeners } from "node:events";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { vi } from "vitest";
import type { StagedDataset } from "../../src/core/contracts.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import type { LocalAwsOptions } from "../../src/local/local-aws-options.js";
import type { TrainingProgressEvent } from "../../src/training/follow/training-progress.js";
import { ROLE_ARN } from "../helpers/contracts.js";
import { putImages } from "../local/sagemaker/fixture.js";

/** The images that {@link putImages} put, as a data set. */
const DATASET: StagedDataset = {
  format: "lst",
  bucket: "scones",
  prefix: "",
  labels: ["bicycle", "motorcycle"],
  imageShape: { channels: 3, height: 8, width: 8 },
  train: { images: "s3://scones/train/", manifest: "s3://scones/train.lst", count: 24 },
  validation: { images: "s3://scones/validation/", manifest: "s3://scones/validation.lst", count: 24 },
};

/** A local AWS that trains small networks on few images. */
export async function createTrainingAws(options: Partial<LocalAwsOptions> = {}): Promise<LocalAws> {
  const local = await createLocalAws({ trainer: { network: "small", threads: 1 }, ...options });
  await putImages(local);
  return local;
}

/** Options of a quick training. */
export function trainOptions(local: LocalAws, epochs = 3) {
  return {
    dataset: DATASET,
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    hyperparameters: { epochs, miniBatchSize: 8 },
    clients: { sagemaker: local.clients.sagemaker as SageMakerClient },
    pollIntervalMs: 5,
  };
}

/** Keeps what is told. */
export function createListener() {
  const events: TrainingProgressEvent[] = [];
  const of = <Type extends TrainingProgressEvent["type"]>(type: Type) =>
    events.filter((event): event is Extract<TrainingProgressEvent, { readonly type: Type }> => event.type === type);
  return { events, of, onProgress: (event: TrainingProgressEvent) => void events.push(event) };
}

/** Watches the timers that the library sets, and tells what it left behind. */
export function watchLeftovers() {
  const timers = new Set<unknown>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const isOurs = () => /\/src\/(training|core)\//.test(new Error("where from").stack ?? "");
  vi.stubGlobal("setTimeout", (callback: (...args: unknown[]) => void, ...rest: [number, ...unknown[]]) => {
    const timer = set(
      (...args: unknown[]) => {
        timers.delete(timer);
        callback(...args);
      },
      ...rest,
    );
    if (isOurs()) timers.add(timer);
    return timer;
  });
  vi.stubGlobal("clearTimeout", (timer: Parameters<typeof clear>[0]) => {
    timers.delete(timer);
    clear(timer);
  });
  return (signal: AbortSignal) => {
    vi.unstubAllGlobals();
    return { listeners: getEventListeners(signal, "abort").length, timers: timers.size };
  };
}

/** What a clean function leaves behind. */
export const NOTHING = { listeners: 0, timers: 0 };
