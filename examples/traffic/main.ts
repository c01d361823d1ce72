import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { isSconesError } from "scones-ml/core";
import { createProgressDisplay } from "../end-to-end/progress-display.js";
import { readTrafficArguments, UsageError } from "./arguments.js";
import { runTraffic } from "./traffic.js";

/** Sends traffic as a program: Ctrl-C ends it cleanly, errors say what to do next. */
async function main(): Promise<number> {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const display = createProgressDisplay(process.stdout, process.env["NO_COLOR"] === undefined);
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
  try {
    const options = readTrafficArguments(process.argv.slice(2));
    if ("help" in options) {
      process.stdout.write(options.help);
      return 0;
    }
    const clock = {
      now: () => performance.now(),
      sleep: (milliseconds: number, signal: AbortSignal) =>
        setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
    };
    const { file } = await runTraffic(options, { display, clock, signal: interrupt.signal });
    process.stdout.write(`${pathToFileURL(file)}\n`);
    return 0;
  } catch (error) {
    display.stop();
    if (interrupt.signal.aborted) return 130;
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${isSconesError(error) ? `${error.code}: ` : ""}${text}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main();
