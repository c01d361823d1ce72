import { randomUUID } from "node:crypto";
import { joinS3Key, parseS3Uri } from "../../core/s3-uri.js";
import type { SageMakerEnvironment } from "./environment.js";

/** DataCaptureConfig of an endpoint configuration. @internal */
export interface DataCaptureConfig {
  readonly EnableCapture?: boolean;
  readonly InitialSamplingPercentage: number;
  readonly DestinationS3Uri: string;
  readonly KmsKeyId?: string;
  readonly CaptureOptions: readonly { readonly CaptureMode: string }[];
  readonly CaptureContentTypeHeader?: {
    readonly CsvContentTypes?: readonly string[];
    readonly JsonContentTypes?: readonly string[];
  };
}

/** One invocation that is to be captured. @internal */
export interface CapturedInvocation {
  readonly endpointName: string;
  readonly variantName: string;
  readonly input: { readonly contentType: string; readonly body: Uint8Array };
  readonly output: { readonly contentType: string; readonly body: Uint8Array };
  readonly inferenceId?: string;
  readonly customAttributes?: string;
}

interface CaptureFile {
  readonly key: string;
  readonly startedAt: number;
  text: string;
  records: number;
}

/** Real files span at most 59 s and hold one to eight records. */
const MAX_FILE_MS = 59_000;
const MAX_FILE_RECORDS = 8;

/**
 * Writes captures as SageMaker does: same keys, same records, same encodings. A file is written again with each record
 * that joins it, so that a capture is in S3 when the invocation is answered; SageMaker takes some minutes for that.
 * @internal
 */
export class CaptureWriter {
  readonly #environment: SageMakerEnvironment;
  readonly #files = new Map<string, CaptureFile>();
  readonly #writes = new Map<string, Promise<void>>();

  /** @param environment - S3 and the clock. */
  constructor(environment: SageMakerEnvironment) {
    this.#environment = environment;
  }

  /** Captures one invocation. */
  async write(config: DataCaptureConfig, invocation: CapturedInvocation): Promise<void> {
    const now = this.#environment.now();
    const { bucket, key } = parseS3Uri(config.DestinationS3Uri);
    const folder = joinS3Key(key, invocation.endpointName, invocation.variantName);
    const slot = `${bucket}/${folder}`;
    const file = this.#openFile(slot, folder, now);
    file.text += `${JSON.stringify(describeRecord(config, invocation, now))}\n`;
    file.records += 1;
    // Writes of one variant follow each other, so that a later, longer text is never overwritten by an earlier one.
    const previous = this.#writes.get(slot) ?? Promise.resolve();
    const write = previous.then(async () => {
      await this.#environment.objects.write(bucket, file.key, Buffer.from(file.text), "application/jsonlines");
    });
    this.#writes.set(
      slot,
      write.catch(() => undefined),
    );
    await write;
  }

  #openFile(slot: string, folder: string, now: Date): CaptureFile {
    const open = this.#files.get(slot);
    const time = now.toISOString();
    const isCurrent =
      open !== undefined &&
      open.records < MAX_FILE_RECORDS &&
      now.getTime() - open.startedAt < MAX_FILE_MS &&
      open.key.startsWith(`${folder}/${time.slice(0, 13).replace(/[-T]/g, "/")}/`);
    if (isCurrent) return open;
    const file = { key: `${folder}/${formatCaptureName(time)}`, startedAt: now.getTime(), text: "", records: 0 };
    this.#files.set(slot, file);
    return file;
  }
}

/** `yyyy/MM/dd/HH/mm-ss-SSS-uuid.jsonl` from an ISO time, which is in UTC as the captures are. */
function formatCaptureName(time: string): string {
  const [day, clock] = [time.slice(0, 10), time.slice(11, 23)];
  return `${day.replaceAll("-", "/")}/${clock.slice(0, 2)}/${clock.slice(3).replace(/[:.]/g, "-")}-${randomUUID()}.jsonl`;
}

function describeRecord(config: DataCaptureConfig, invocation: CapturedInvocation, now: Date): unknown {
  const modes = config.CaptureOptions.map(({ CaptureMode }) => CaptureMode);
  const wants = (mode: string) => modes.includes(mode) || modes.includes("InputAndOutput");
  const side = (mode: string, { contentType, body }: CapturedInvocation["input"]) => {
    const encoding = chooseEncoding(config, contentType);
    const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return {
      observedContentType: contentType,
      mode,
      data: data.toString(encoding === "BASE64" ? "base64" : "utf8"),
      encoding,
    };
  };
  return {
    captureData: {
      ...(wants("Input") ? { endpointInput: side("INPUT", invocation.input) } : {}),
      ...(wants("Output") ? { endpointOutput: side("OUTPUT", invocation.output) } : {}),
    },
    eventMetadata: {
      eventId: randomUUID(),
      ...(invocation.inferenceId === undefined ? {} : { inferenceId: invocation.inferenceId }),
      ...(invocation.customAttributes === undefined ? {} : { customAttributes: [invocation.customAttributes] }),
      inferenceTime: `${now.toISOString().slice(0, 19)}Z`,
    },
    eventVersion: "0",
  };
}

/** Without a matching CaptureContentTypeHeader everything is captured as BASE64, JSON answers too. */
function chooseEncoding(config: DataCaptureConfig, contentType: string): "CSV" | "JSON" | "BASE64" {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  const { CsvContentTypes = [], JsonContentTypes = [] } = config.CaptureContentTypeHeader ?? {};
  if (CsvContentTypes.includes(type)) return "CSV";
  return JsonContentTypes.includes(type) ? "JSON" : "BASE64";
}
