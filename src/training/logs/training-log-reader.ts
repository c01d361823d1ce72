import { beginsRecord, cleanLogLine } from "./clean-log-line.js";
import { parseLogLine } from "./parse-log-line.js";
import type { TrainingLogEvent, TrainingLogLine } from "./training-log-event.js";

/** A line, and what it tells. @internal */
export interface ReadLogLine extends TrainingLogLine {
  /** What it tells; `undefined` for a line that is not known. */
  readonly event: TrainingLogEvent | undefined;
}

interface Open {
  readonly text: string;
  readonly event: TrainingLogEvent | undefined;
}

/** The longest lines are those with all hyper-parameters; the others are short. */
const LONGEST = { configuration: 8192, other: 512 };

/**
 * Reads the lines of a log one after the other, also those that CloudWatch or a terminal broke in two: a line that means
 * nothing by itself is tried as the rest of the one before, of the same instance. What a broken line told too early is told again, whole.
 *
 * @internal
 */
export class TrainingLogReader {
  readonly #open = new Map<number, Open>();

  /**
   * Reads a log event or a line, which may hold several lines.
   *
   * @param text - The text.
   * @param instance - The instance that wrote it, where that is known.
   * @returns The lines in it.
   */
  read(text: string, instance?: number): readonly ReadLogLine[] {
    return text
      .split("\n")
      .flatMap(cleanLogLine)
      .map((line) => this.#readLine(instance === undefined ? line : { ...line, instance }));
  }

  #readLine(line: TrainingLogLine): ReadLogLine {
    const key = line.instance ?? 0;
    const event = parseLogLine(line.text);
    const before = this.#open.get(key);
    if (event === undefined && before !== undefined && mayContinue(before, line.text)) {
      const text = before.text + line.text;
      const joined = parseLogLine(text);
      const isNews = joined !== undefined && JSON.stringify(joined) !== JSON.stringify(before.event);
      if (isNews || before.event === undefined) this.#open.set(key, { text, event: joined });
      return { ...line, text: line.text.trimEnd(), event: isNews ? joined : undefined };
    }
    if (line.text !== "") this.#open.set(key, { text: line.text, event });
    return { ...line, text: line.text.trimEnd(), event };
  }
}

function mayContinue(before: Open, text: string): boolean {
  const longest = before.event?.type === "configuration" ? LONGEST.configuration : LONGEST.other;
  if (text === "" || beginsRecord(text) || before.text.length + text.length > longest) return false;
  if (before.event === undefined) return true;
  if (before.event.type === "configuration") return !before.text.endsWith("}");
  // After a whole line, only what can be its rest is one: the next line may begin with a digit too.
  if (before.event.type === "batch" && /=|samples/.test(text)) return true;
  return !/^[\d.]/.test(text) || /^\d*\.?\d*(?:e[-+]?\d*)?$/i.test(text);
}
