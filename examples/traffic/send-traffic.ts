import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { type CifarImage, encodePng } from "scones-ml/etl";
import { explainInvocationError, invokeEndpoint } from "scones-ml/inference";
import type { Random } from "../end-to-end/random.js";
import { type Drift, degrade } from "./degrade.js";

/** The time of a stream: the system's, or that of a test. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Waits until then. */
  waitUntil(time: number, signal: AbortSignal): Promise<void>;
}

/** What {@link sendTraffic} works with. */
export interface TrafficOptions {
  readonly endpointName: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  readonly images: readonly CifarImage[];
  /** Requests each second. */
  readonly rate: number;
  readonly seconds: number;
  readonly drift: Drift;
  /** Seconds after which the drift begins. */
  readonly driftAfter: number;
  readonly random: Random;
  readonly clock: Clock;
  readonly clients: { readonly sagemakerRuntime: SageMakerRuntimeClient };
  readonly signal: AbortSignal;
  /** Is told after each request. */
  readonly onRequest: (progress: TrafficSummary, total: number) => void;
}

/** What became of the requests. */
export interface TrafficSummary {
  readonly sent: number;
  readonly right: number;
  readonly failed: number;
  /** Requests at which the rate could not be held. */
  readonly late: number;
  /** What the failures were, and how often. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Most requests under way at once; more than that and the rate is not held. */
const MOST_AT_ONCE = 64;
const LATE_MS = 1000;

/** Sends images at a rate, whether or not the answers keep up; a failed request is counted and not repeated. */
export async function sendTraffic(options: TrafficOptions): Promise<TrafficSummary> {
  const { images, rate, seconds, drift, driftAfter, random, clock, signal, onRequest } = options;
  const total = Math.max(1, Math.round(rate * seconds));
  const [summary, failures] = [{ sent: 0, right: 0, failed: 0, late: 0 }, new Map<string, number>()];
  const describe = (): TrafficSummary => ({ ...summary, failures: Object.fromEntries(failures) });
  const underWay = new Set<Promise<void>>();
  const begin = clock.now();
  for (let number = 0; number < total; number++) {
    const due = number / rate;
    await clock.waitUntil(begin + due * 1000, signal);
    signal.throwIfAborted();
    if (underWay.size >= MOST_AT_ONCE) await Promise.race(underWay);
    if (clock.now() - begin - due * 1000 > LATE_MS) summary.late++;
    const active = drift !== "none" && due >= driftAfter;
    const image = pickImage(images, active && drift === "mix" ? 0.9 : 0.5, random);
    const request = ask(options, active ? degrade(image, drift) : image).then((answer) => {
      summary.sent++;
      if (answer.failure === undefined) summary.right += answer.isRight ? 1 : 0;
      else {
        summary.failed++;
        failures.set(answer.failure, (failures.get(answer.failure) ?? 0) + 1);
      }
      underWay.delete(request);
      onRequest(describe(), total);
    });
    underWay.add(request);
  }
  await Promise.all(underWay);
  signal.throwIfAborted();
  return describe();
}

async function ask({ endpointName, labels, clients, signal }: TrafficOptions, image: CifarImage) {
  try {
    const { label } = await invokeEndpoint({
      endpoint: endpointName,
      labels,
      image: encodePng(image),
      clients,
      signal,
    });
    return { isRight: label === image.label, failure: undefined };
  } catch (error) {
    return { isRight: false, failure: signal.aborted ? "interrupted" : explainInvocationError(error).kind };
  }
}

/** An image of the first class with this probability, else one of the others. */
function pickImage(images: readonly CifarImage[], firstShare: number, random: Random): CifarImage {
  const isFirst = random.next() < firstShare;
  const fitting = images.filter(({ labelId }) => (labelId === 0) === isFirst);
  return random.pick(fitting.length > 0 ? fitting : images);
}
