import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isRunnable, PYTHON } from "./run-program.js";

const OWN = fileURLToPath(new URL("python/lambda_once.py", import.meta.url));
/** The baselines that the maintainers share; absent elsewhere. */
const SHARED = fileURLToPath(new URL("../../shared/bench/python", import.meta.url));

/** Commands, by peer, that answer one event in a fresh process; none where boto3 is not installed. */
export async function listPythonHandlers(
  step: string,
  eventFile: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  if (!(await isRunnable(PYTHON, ["-c", "import boto3"]))) return {};
  const shared = [
    ["notebook", "boto3"],
    ["expert", "botocore"],
  ].filter(([variant]) => existsSync(`${SHARED}/lambda_${step}_${variant}.py`));
  const name = (author: string, sdk = "") => (step === "filter" ? `${author} (no SDK)` : `${author}, ${sdk}`);
  return {
    [name("Python", "boto3")]: [PYTHON, OWN, step, eventFile],
    ...Object.fromEntries(
      shared.map(([variant = "", sdk]) => [
        name(`Python of the ${variant}`, sdk),
        [PYTHON, `${SHARED}/lambda_run.py`, step, variant],
      ]),
    ),
  };
}
