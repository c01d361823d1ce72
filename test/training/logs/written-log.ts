import * as fc from "fast-check";

/** What a job is made of, to write its log from. */
export interface WrittenJob {
  readonly epochs: readonly {
    readonly trainAccuracy: number;
    readonly validationAccuracy: number;
    readonly seconds: number;
    readonly samplesPerSecond: number;
  }[];
  readonly instances: number;
  readonly hasValidation: boolean;
  readonly topK: number | undefined;
  readonly isPython2: boolean;
}

/** One line of a log, with the instance that writes it. */
export interface WrittenLine {
  readonly instance: number;
  readonly text: string;
}

const six = (share: number) => Number(share.toFixed(6));
const share = fc.double({ min: 0, max: 1, noNaN: true }).map(six);

/** Jobs of one to forty epochs on one to four instances. */
export const jobs: fc.Arbitrary<WrittenJob> = fc.record({
  epochs: fc.array(
    fc.record({
      trainAccuracy: share,
      validationAccuracy: share,
      seconds: fc.integer({ min: 1, max: 9_999_999 }).map((ms) => ms / 1000),
      samplesPerSecond: fc.integer({ min: 1, max: 9_999_999 }).map((milli) => milli / 1000),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  instances: fc.integer({ min: 1, max: 4 }),
  hasValidation: fc.boolean(),
  topK: fc.option(fc.integer({ min: 2, max: 10 }), { nil: undefined }),
  isPython2: fc.boolean(),
});

/** Writes the lines of a job in the algorithm's form; the instances take turns. */
export function writeLog(job: WrittenJob): readonly WrittenLine[] {
  const { epochs, instances, hasValidation, topK, isPython2 } = job;
  const lines: WrittenLine[] = [];
  const all = (write: (instance: number) => string) => {
    for (let instance = 1; instance <= instances; instance++) {
      const text = `[02/10/2020 07:09:19 INFO ${139_941_932_451_648 + instance}] ${write(instance)}`;
      lines.push({ instance, text });
    }
  };
  const u = isPython2 ? "u" : "";
  for (let instance = 1; instance <= instances; instance++) {
    lines.push({ instance, text: "Docker entrypoint called with argument(s): train" });
  }
  all(
    () =>
      `Final configuration: {${u}'num_layers': 152, ${u}'epochs': ${u}'${epochs.length}', ${u}'num_classes': ${u}'10'}`,
  );
  let best = Number.NEGATIVE_INFINITY;
  for (const [epoch, { trainAccuracy, validationAccuracy, seconds, samplesPerSecond }] of epochs.entries()) {
    const top = topK === undefined ? "" : `#011top_k_accuracy_${topK}=0.900000`;
    const speed = `Speed: ${samplesPerSecond.toFixed(3)} samples/sec`;
    all(() => `Epoch[${epoch}] Batch [20]#011${speed}#011accuracy=0.123456${top}`);
    all(() => `Epoch[${epoch}] Train-accuracy=${trainAccuracy.toFixed(6)}`);
    if (topK !== undefined) all(() => `Epoch[${epoch}] Train-top_k_accuracy_${topK}=0.800000`);
    all(() => `Epoch[${epoch}] Time cost=${seconds.toFixed(3)}`);
    if (!hasValidation) continue;
    all(() => `Epoch[${epoch}] Validation-accuracy=${validationAccuracy.toFixed(6)}`);
    if (topK !== undefined) all(() => `Epoch[${epoch}] Validation-top_k_accuracy_${topK}=0.700000`);
    if (validationAccuracy <= best) continue;
    best = validationAccuracy;
    all(() => `Storing the best model with validation accuracy: ${best.toFixed(6)}`);
    const name = `image-classification-${String(epoch + 1).padStart(4, "0")}.params`;
    all(() => `Saved checkpoint to "/opt/ml/model/${name}"`);
  }
  return lines;
}

const COLORS = [34, 35, 32, 36];
const stream = (instance: number) => `some-job-1/algo-${instance}-1581317035`;
const event = ({ instance, text }: WrittenLine) => ({ logStreamName: stream(instance), timestamp: 1, message: text });
const join = (lines: readonly WrittenLine[], write: (line: WrittenLine) => string, end = "\n") =>
  lines.map(write).join(end);

/** The forms in which people keep a log of several instances. */
export const FORMS: Readonly<Record<string, (lines: readonly WrittenLine[]) => string>> = {
  "colours of the Python SDK": (lines) =>
    `2022-07-09 09:15:42 Training - Training image download completed. Training in progress..${join(
      lines,
      ({ instance, text }) => `\u001b[${COLORS[instance - 1]}m${text}\u001b[0m`,
    )}\n\n2022-07-09 09:18:52 Uploading - Uploading generated training model\nTraining seconds: 327\nBillable seconds: 327\n`,
  "colours without their escape": (lines) => join(lines, ({ instance, text }) => `[${COLORS[instance - 1]}m${text}[0m`),
  "plain, told apart by thread": (lines) => join(lines, ({ text }) => text),
  "plain, indented, with CRLF": (lines) => join(lines, ({ text }) => `    ${text}`, "\r\n"),
  "aws logs tail": (lines) =>
    join(lines, ({ instance, text }) => `2020-02-10T07:09:20.592000+00:00 ${stream(instance)} ${text}`),
  "kubectl smlogs": (lines) =>
    join(lines, ({ instance, text }) => `${stream(instance)} 2020-02-10 07:09:20.215 +0000 UTC ${text}`),
  "filter-log-events": (lines) => JSON.stringify({ events: lines.map(event), searchedLogStreams: [] }, undefined, 2),
  "one JSON event a line": (lines) => join(lines, (line) => JSON.stringify(event(line))),
  "a list of messages": (lines) => JSON.stringify(lines.map(({ text }) => text)),
  "the console's CSV": (lines) =>
    `timestamp,message\n${join(lines, ({ text }) => `1657357907000,"${text.replaceAll('"', '""')}\n"`)}`,
  "Logs Insights": (lines) =>
    JSON.stringify({
      results: lines.map(({ instance, text }) => [
        { field: "@timestamp", value: "2022-07-09 09:16:03.000" },
        { field: "@message", value: text },
        { field: "@logStream", value: stream(instance) },
      ]),
    }),
  "a notebook": (lines) =>
    JSON.stringify({
      cells: [
        { cell_type: "markdown", source: ["# Training"] },
        {
          cell_type: "code",
          outputs: [{ output_type: "stream", name: "stdout", text: lines.map(({ text }) => `${text}\n`) }],
        },
      ],
    }),
};
