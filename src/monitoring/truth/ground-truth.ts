import * as z from "zod";
import { captureInvalid } from "../capture/capture-errors.js";

/** What one image really shows. */
export interface GroundTruth {
  /** The `inferenceId` of the invocation, or, where the caller gave none, the `eventId` of its capture; or a key of your own, such as that of the image in S3. */
  readonly id: string;
  /** Name of the class. */
  readonly label: string;
}

const RecordSchema = z.object({
  groundTruthData: z.object({ data: z.string().max(1_000_000), encoding: z.literal(["CSV", "JSON", "BASE64"]) }),
  eventMetadata: z.object({ eventId: z.string().min(1).max(256) }),
  eventVersion: z.literal("0").optional(),
});

const MAX_LINE = 2_000_000;

/**
 * Reads one line of ground truth in SageMaker's format:
 * `{"groundTruthData":{"data":"1","encoding":"CSV"},"eventMetadata":{"eventId":"..."},"eventVersion":"0"}`. The data is
 * the name of a class, or its number in label order.
 *
 * @param line - The line.
 * @param labels - Class names in label order.
 * @returns What the image shows.
 * @throws {@link CaptureError} `CAPTURE_INVALID` when it is none, or names no class; the message never quotes it.
 *
 * @example
 * ```ts
 * import { parseGroundTruth } from "scones-ml/monitoring";
 *
 * const line = '{"groundTruthData":{"data":"1","encoding":"CSV"},"eventMetadata":{"eventId":"57"},"eventVersion":"0"}';
 * console.log(parseGroundTruth(line, ["bicycle", "motorcycle"])); // { id: "57", label: "motorcycle" }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
 */
export function parseGroundTruth(line: string, labels: readonly string[]): GroundTruth {
  if (line.length > MAX_LINE) throw captureInvalid(`it has more than ${MAX_LINE} characters`);
  let value: unknown;
  try {
    value = JSON.parse(line.startsWith("\uFEFF") ? line.slice(1) : line);
  } catch {
    throw captureInvalid("it is not JSON");
  }
  const result = RecordSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw captureInvalid(`${issue?.path.map(String).join(".") || "the line"}: ${issue?.message ?? "is wrong"}`);
  }
  const { groundTruthData, eventMetadata } = result.data;
  const label = findLabel(groundTruthData, labels);
  if (label === undefined) throw captureInvalid("groundTruthData.data names none of the labels");
  return { id: eventMetadata.eventId, label };
}

/** A name comes before a number, for classes may be named by numbers. */
function findLabel(
  { data, encoding }: z.output<typeof RecordSchema>["groundTruthData"],
  labels: readonly string[],
): string | undefined {
  const text = (encoding === "BASE64" ? Buffer.from(data, "base64").toString("utf8") : data).trim();
  const plain = unquote(text);
  if (labels.includes(plain)) return plain;
  return /^\d{1,6}(\.0+)?$/.test(plain) ? labels[Number(plain)] : undefined;
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : text;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
