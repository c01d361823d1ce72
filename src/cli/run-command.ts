import { readFileSync } from "node:fs";
import { parseLocalArguments, UsageError } from "./local-arguments.js";
import { runLocalCommand } from "./local-command.js";
import type { Terminal } from "./terminal.js";

const HELP = `Usage: scones-ml local [options]

Runs S3, SageMaker, Step Functions and Lambda on this machine, for the AWS CLI, SDK clients and other programs.

Options:
  --directory D         keep buckets and objects in the folder D (default: in memory)
  --port N              port on 127.0.0.1, 0 for any free one (default: 4566)
  --region R            region of every ARN (default: us-east-1)
  --seed N              decides training, sampling and the choice of variants (default: 0)
  --function NAME=PATH  register a built bundle, whose export "handler" is called; may be repeated
  --help                print this text
  --version             print the version`;

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

/**
 * Runs the command line of scones-ml.
 *
 * @param words - What follows the program's name.
 * @param terminal - Where it prints, and what signals come from.
 * @returns The exit code: 0, 1 when it failed, 2 for a wrong command line, 128 and the number of the signal that ended it.
 * @internal
 */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  const [command, ...rest] = words;
  if (words.includes("--help") || words.includes("-h")) return say(terminal, HELP);
  if (command === "--version" || rest.includes("--version")) return say(terminal, readVersion());
  try {
    if (command !== "local") throw new UsageError(describeCommand(command));
    return await runLocalCommand(parseLocalArguments(rest), terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.printError(`scones-ml: ${error.message}\nRun "scones-ml --help" for the options.`);
      return EXIT_USAGE;
    }
    terminal.printError(`scones-ml: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT_FAILURE;
  }
}

function say(terminal: Terminal, text: string): number {
  terminal.print(text);
  return 0;
}

function describeCommand(command: string | undefined): string {
  return command === undefined ? "A command is missing." : `There is no command "${command}".`;
}

/** The package's own file, which is two folders up from here in the sources and in the build. */
function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
