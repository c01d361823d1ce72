import { parseArgs } from "node:util";
import type { DriftKind } from "./drift-images.js";

/** What the load generator was asked for. */
export interface TrafficArguments {
  readonly rate: number;
  readonly seconds: number;
  readonly drift: DriftKind;
  readonly driftAfter: number;
  readonly variants: boolean;
  readonly output: string;
  readonly every: number;
  readonly seed: number;
  readonly data: string | undefined;
  /** An endpoint on AWS, with the folder of images to send; without it everything is local. */
  readonly remote: { readonly endpoint: string; readonly captures: string; readonly images: string } | undefined;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {}

export const USAGE = `Sends test images to an endpoint at a steady rate, and writes a report that changes while it runs.

  node --import tsx examples/traffic/main.ts [options]      (after npm ci && npm run build)

  --rate N             requests a second (20)
  --seconds N          how long (60)
  --drift KIND         none, darken, blur or class-mix: what happens to the images (none)
  --drift-after N      seconds until it happens (half of --seconds)
  --variants           two models behind the endpoint, half of the requests each
  --every N            seconds between two reports (5)
  --out DIR            folder for report.html (demo-output/traffic)
  --data FILE          CIFAR-100 archive; without it images are drawn
  --seed N             decides everything that is random (0)
  --endpoint NAME      an endpoint on AWS instead of a local one, with
  --captures S3URI       where it captures to, and
  --images DIR           a folder of PNG files, DIR/<class>/*.png, in the order of its labels
  --help               prints this

A report on AWS shows what SageMaker has delivered, which is some minutes behind.
`;

const DRIFTS: readonly string[] = ["none", "darken", "blur", "class-mix"];

/** Reads the command line. */
export function readTrafficArguments(argv: readonly string[]): TrafficArguments | { readonly help: string } {
  const { values } = parse(argv);
  if (values.help) return { help: USAGE };
  const number = (name: string, text: string, least: number) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= least) return value;
    throw new UsageError(`--${name} must be a number of at least ${least}, not "${text}".\n\n${USAGE}`);
  };
  if (!DRIFTS.includes(values.drift)) {
    throw new UsageError(`--drift must be one of ${DRIFTS.join(", ")}, not "${values.drift}".\n\n${USAGE}`);
  }
  const { endpoint, captures, images } = values;
  const remote =
    endpoint === undefined || captures === undefined || images === undefined
      ? undefined
      : { endpoint, captures, images };
  if (remote === undefined && (endpoint ?? captures ?? images) !== undefined) {
    throw new UsageError(`--endpoint, --captures and --images go together.\n\n${USAGE}`);
  }
  const seconds = number("seconds", values.seconds, 1);
  return {
    rate: number("rate", values.rate, 0.1),
    seconds,
    drift: values.drift as DriftKind,
    driftAfter: values["drift-after"] === undefined ? seconds / 2 : number("drift-after", values["drift-after"], 0),
    variants: values.variants,
    output: values.out,
    every: number("every", values.every, 1),
    seed: number("seed", values.seed, 0),
    data: values.data,
    remote,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        rate: { type: "string", default: "20" },
        seconds: { type: "string", default: "60" },
        drift: { type: "string", default: "none" },
        "drift-after": { type: "string" },
        variants: { type: "boolean", default: false },
        every: { type: "string", default: "5" },
        out: { type: "string", default: "demo-output/traffic" },
        seed: { type: "string", default: "0" },
        data: { type: "string" },
        endpoint: { type: "string" },
        captures: { type: "string" },
        images: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`, { cause });
  }
}
