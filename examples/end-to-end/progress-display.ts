import { stripVTControlCharacters } from "node:util";

/** Where the display writes; a terminal is redrawn in place, a log gets plain lines. */
export interface DisplayStream {
  /** Writes text. */
  write(text: string): unknown;
  /** Whether it is a terminal. */
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters. */
  readonly columns?: number | undefined;
}

/** Shows what the demo is doing. */
export interface ProgressDisplay {
  /** Begins a stage. */
  start(title: string): void;
  /** Says how far the stage is; a share from 0 to 1 draws a bar. */
  update(text: string, share?: number): void;
  /** Ends the stage with what came out of it. */
  finish(text: string): void;
  /** Prints a line of its own. */
  note(text: string): void;
  /** Leaves a half-drawn line behind cleanly. */
  stop(): void;
}

const BAR_WIDTH = 24;
const LOG_INTERVAL_MS = 2000;

/**
 * Makes the display for a terminal or for a log.
 *
 * @param stream - Where to write.
 * @param color - Whether to colour; `NO_COLOR` says no.
 */
export function createProgressDisplay(stream: DisplayStream, color: boolean): ProgressDisplay {
  const isTerminal = stream.isTTY === true;
  const paint = (code: number, text: string) => (color && isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text);
  let title = "";
  let startedAt = 0;
  let lastLogAt = 0;
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const draw = (line: string) => stream.write(`\r\u001b[2K${shorten(line, stream.columns)}`);
  const print = (line: string) => stream.write(`${isTerminal ? "\r\u001b[2K" : ""}${line}\n`);

  return {
    start(nextTitle) {
      title = nextTitle;
      startedAt = Date.now();
      lastLogAt = startedAt;
      if (isTerminal) draw(`${paint(36, "▸")} ${title}`);
      else print(`> ${title}`);
    },
    update(text, share) {
      if (isTerminal) {
        const bar = share === undefined ? "" : ` ${drawBar(share)}`;
        draw(`${paint(36, "▸")} ${title.padEnd(9)}${bar} ${text}`);
      } else if (Date.now() - lastLogAt >= LOG_INTERVAL_MS) {
        lastLogAt = Date.now();
        print(`  ${title}: ${text}`);
      }
    },
    finish(text) {
      print(`${paint(32, isTerminal ? "✔" : "+")} ${title.padEnd(9)} ${text} ${paint(90, `(${seconds()})`)}`);
      title = "";
    },
    note: print,
    stop() {
      if (isTerminal && title !== "") stream.write("\n");
    },
  };
}

function drawBar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
}

/** Cuts a line that would wrap: a wrapped line cannot be redrawn in place. */
function shorten(line: string, columns = 80): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : `${plain.slice(0, columns - 2)}…`;
}
