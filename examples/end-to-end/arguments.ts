import { parseArgs } from "node:util";

/** What the demo was asked to do. */
export interface DemoArguments {
  /** Archive to use; without it the demo looks for one itself. */
  readonly data: string | undefined;
  /** Folder that receives the results. */
  readonly output: string;
  /** Passes over the training images. */
  readonly epochs: number;
  /** Decides everything that is random. */
  readonly seed: number;
  /** Least confidence that passes. */
  readonly threshold: number;
  /** Never tries the network. */
  readonly offline: boolean;
}

const USAGE = `Runs the whole Scones Unlimited workflow on this machine: no AWS account, Docker or Python.

  npm run demo [-- options]

  --data FILE         CIFAR-100 archive (cifar-100-python.tar.gz); without it the demo tries its cache, then the
                      download, and else generates a small data set in the same format
  --offline           does not try the download
  --output DIR        folder for report.html, the pictures and summary.json (demo-output)
  --epochs N          passes over the training images (30)
  --seed N            decides everything that is random (0)
  --threshold P       least confidence that passes, 0 to 1 (0.7)
  --help              prints this
`;

/** A command line that cannot be understood. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 *
 * @returns The arguments, or the help text that was asked for.
 * @throws {@link UsageError} when something on it is wrong.
 */
export function readArguments(argv: readonly string[]): DemoArguments | { readonly help: string } {
  const { values } = parse(argv);
  if (values.help) return { help: USAGE };
  return {
    data: values.data,
    output: values.output,
    epochs: readNumber("--epochs", values.epochs, (n) => Number.isInteger(n) && n >= 1, "a whole number from 1"),
    seed: readNumber("--seed", values.seed, Number.isInteger, "a whole number"),
    threshold: readNumber("--threshold", values.threshold, (n) => n >= 0 && n <= 1, "a number from 0 to 1"),
    offline: values.offline,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        data: { type: "string" },
        output: { type: "string", default: "demo-output" },
        epochs: { type: "string", default: "30" },
        seed: { type: "string", default: "0" },
        threshold: { type: "string", default: "0.7" },
        offline: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${reason}\n\n${USAGE}`, { cause });
  }
}

function readNumber(name: string, text: string, isRight: (value: number) => boolean, expected: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (isRight(value)) return value;
  throw new UsageError(`${name} must be ${expected}, not "${text}".\n\n${USAGE}`);
}
