import type { TrainingLogLine } from "./training-log-event.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const COLORS = /\u001b\[[\d;]*[A-Za-z]|\[(?:0|3\d|1;3\d)m/g;
/** The Python SDK gives each instance a colour, in this order. Source: aws/sagemaker-python-sdk, logs.py. */
const COLOR_ORDER = ["34", "35", "32", "36", "33"];
/** What the algorithm puts in front of each line: `[07/09/2022 09:16:03 INFO 140319757993792] `. */
const RECORD = /\[\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2} [A-Z]+ \d+\]/;
const RECORD_START = new RegExp(`(?=${RECORD.source})`);
const TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?\s?(?:Z|[+-]\d\d:?\d\d)?(?: UTC)?`;
const STREAM = String.raw`\S*\balgo-\d+(?:-\d+)?`;
/** What `aws logs tail`, `kubectl smlogs` and the console's download put in front: the stream, the time, or both. */
const TOOL_PREFIX = new RegExp(
  String.raw`^\s*(?:${STREAM}[\s|:]+)?(?:(?:${TIME}|\d{13})[\s,|]+)?(?:${STREAM}[\s|:]+)?`,
);

/**
 * Takes away what does not come from the algorithm: colours, carriage returns, and what a tool put in front.
 *
 * @param line - One line, without its line feed.
 * @returns The lines in it: several where a tool lost a line feed.
 * @internal
 */
export function cleanLogLine(line: string): readonly TrainingLogLine[] {
  const color = COLORS.exec(line)?.[0].match(/3\d/)?.[0];
  COLORS.lastIndex = 0;
  const fromColor = color === undefined ? -1 : COLOR_ORDER.indexOf(color);
  const plain = line.replace(COLORS, "").replace(/\r/g, "");
  // Spaces alone stay: a broken line may go on with one.
  const tool = /^.*\S.*$/.exec(TOOL_PREFIX.exec(plain)?.[0] ?? "")?.[0] ?? "";
  const named = /\balgo-(\d+)/.exec(tool)?.[1];
  const instance = named === undefined ? fromColor + 1 : Number(named);
  return plain
    .slice(tool.length)
    .split(RECORD_START)
    .map((text) => {
      const thread = /^\[[^\]]* (\d+)\]/.exec(RECORD.exec(text)?.[0] ?? "")?.[1];
      return {
        text,
        ...(instance > 0 ? { instance } : {}),
        ...(thread === undefined ? {} : { thread }),
      };
    });
}

/**
 * Whether a line begins something of its own, so that it cannot be the rest of the one before.
 *
 * @param text - A line without colours.
 * @returns `true` with the prefix of the algorithm or of MXNet in front.
 * @internal
 */
export function beginsRecord(text: string): boolean {
  return /^\s*(?:\[\d{2}\/\d{2}\/\d{4} |\[\d{2}:\d{2}:\d{2}\] )/.test(text);
}
