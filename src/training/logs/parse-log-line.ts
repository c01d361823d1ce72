import type { LoggedValues, TrainingLogEvent } from "./training-log-event.js";

/*
 * The lines of the image-classification algorithm. Source: CloudWatch streams of real jobs of 2018 to 2023, in which a
 * tab is written `#011`, and Python's dictionaries stand as Python prints them, in the early ones with `u'...'`.
 */

const NUMBER = String.raw`[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|nan|inf(?:inity)?)`;
const EPOCH = /\bEpoch\[(\d+)\]\s*(.*)$/i;
const BATCH = /^Batch\s*\[(?:\d+-)?(\d+)\]/i;
const SPEED = new RegExp(String.raw`Speed:\s*(${NUMBER})\s*samples/s`, "i");
const PAIR = new RegExp(String.raw`(?:(?:Train|Validation)-)?([a-z][\w-]{0,40})=(${NUMBER})`, "gi");
const SPLIT = /^(Train|Validation)-/i;
const TIME_COST = new RegExp(`^Time cost=(${NUMBER})`, "i");
const BEST = new RegExp(`Storing the best model with validation[ -]accuracy: (${NUMBER})`, "i");
const CHECKPOINT = /Saved checkpoint to "+([^"]*?-(\d{4,})\.params)"+/i;
const CONFIGURATION = /(?:Merging with|Reading) provided configuration from [^:]*: (\{.*)|Final configuration: (\{.*)/;
const PARAMETER =
  /\] (num_layers|epochs|num_classes|num_training_samples|mini_batch_size|image_shape|multi_label|top_k|kv_store|optimizer|learning_rate|early_stopping): (\S+)\s*$/;
const LOCAL_IMAGES = /\bnum_training_samples is \d+, but there are (\d+) images/;
const STATUS =
  /^(Starting|Pending|Downloading|Training|Uploading|Interrupted|Restarting|Stopping|Stopped|Completed|Failed|MaxRuntimeExceeded|MaxWaitTimeExceeded) - (.*)$/;
const SECONDS = /^(Training|Billable) seconds: (\d+)/;
const ERROR = /\b(?:Customer ?Error|Client ?Error|Algorithm ?Error|Platform ?Error|InternalServerError): .+/;
const ERROR_LEVEL = /^\[[\d/]+ [\d:]+ (?:ERROR|CRITICAL|FATAL) \d+\] (.+)$/;

/**
 * Reads one line of the algorithm's log. A line may have anything in front, and unknown lines are nothing special.
 *
 * @param text - The line, without colours.
 * @returns What it tells; `undefined` for a line that is not known.
 * @internal
 */
export function parseLogLine(text: string): TrainingLogEvent | undefined {
  const epoch = EPOCH.exec(text);
  if (epoch?.[1] !== undefined) return parseEpochLine(Number(epoch[1]), epoch[2] ?? "");
  const best = BEST.exec(text)?.[1];
  if (best !== undefined) return { type: "best", validationAccuracy: parseNumber(best) };
  const checkpoint = CHECKPOINT.exec(text);
  if (checkpoint?.[1] !== undefined && Number(checkpoint[2]) > 0) {
    const path = checkpoint[1];
    return {
      type: "checkpoint",
      epoch: Number(checkpoint[2]) - 1,
      path,
      isInArtifact: !path.includes("/checkpoints/"),
    };
  }
  return parseOtherLine(text);
}

function parseEpochLine(epoch: number, rest: string): TrainingLogEvent | undefined {
  const batch = BATCH.exec(rest)?.[1];
  if (batch !== undefined) {
    const speed = SPEED.exec(rest)?.[1];
    return {
      type: "batch",
      epoch,
      batch: Number(batch),
      ...(speed === undefined ? {} : { samplesPerSecond: parseNumber(speed) }),
      ...readValues(rest),
    };
  }
  const seconds = TIME_COST.exec(rest)?.[1];
  if (seconds !== undefined) return { type: "time", epoch, seconds: parseNumber(seconds) };
  const split = SPLIT.exec(rest)?.[1]?.toLowerCase();
  const values = readValues(rest);
  if (split === undefined || Object.keys(values).length === 0) return undefined;
  return { type: "metric", epoch, split: split === "train" ? "train" : "validation", ...values };
}

function parseOtherLine(text: string): TrainingLogEvent | undefined {
  const configuration = CONFIGURATION.exec(text);
  if (configuration) return { type: "configuration", values: readDict(configuration[1] ?? configuration[2] ?? "") };
  const [, name, value] = PARAMETER.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { type: "configuration", values: { [name]: value } };
  const images = LOCAL_IMAGES.exec(text)?.[1];
  if (images !== undefined) return { type: "imagesFound", trainingImages: Number(images) };
  const [, status, message = ""] = STATUS.exec(text) ?? [];
  if (status !== undefined) return { type: "status", status, message: message.replace(/\.{2,}.*$/, "") };
  const [, kind, seconds] = SECONDS.exec(text) ?? [];
  if (kind !== undefined) {
    return { type: "seconds", [kind === "Training" ? "trainingSeconds" : "billableSeconds"]: Number(seconds) };
  }
  const error = ERROR_LEVEL.exec(text)?.[1] ?? ERROR.exec(text)?.[0];
  if (error !== undefined) return { type: "error", message: error };
  // Which words the algorithm has for it is not public; its parameters of that name are no news.
  return /\bearly[ -]stopp/i.test(text) ? { type: "earlyStopping" } : undefined;
}

function readValues(text: string): LoggedValues {
  const values: { -readonly [Name in keyof LoggedValues]: LoggedValues[Name] } = {};
  for (const [, name = "", value = ""] of text.matchAll(PAIR)) {
    const known = name.toLowerCase();
    if (known === "accuracy") values.accuracy = parseNumber(value);
    else if (/^top_?k_accuracy/.test(known)) values.topKAccuracy = parseNumber(value);
    else if (/^(?:cross-entropy|loss|nll-loss)$/.test(known)) values.loss = parseNumber(value);
  }
  return values;
}

function readDict(text: string): Readonly<Record<string, string>> {
  const entries = text.matchAll(/u?'([^']+)': (?:u?'([^']*)'|([^\s,}'][^,}]*))/g);
  return Object.fromEntries([...entries].map(([, name = "", quoted, bare = ""]) => [name, quoted ?? bare.trim()]));
}

function parseNumber(text: string): number {
  const lower = text.toLowerCase();
  if (lower.includes("nan")) return Number.NaN;
  if (lower.includes("inf")) return lower.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(lower);
}
