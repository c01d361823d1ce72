import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const AWS = "/usr/bin/aws";
const PYTHON = "/usr/bin/python3";

/** Whether Debian's awscli is installed. */
export const hasAwsCli = existsSync(AWS);
/** Whether Debian's python3-boto3 is installed. */
export const hasBoto3 = existsSync("/usr/lib/python3/dist-packages/boto3");

/** What is added to a suite's name where a program is missing. */
export const skippedWithout = (isThere: boolean, name: string) =>
  isThere ? "" : ` (skipped: ${name} is not installed)`;

const environment = (home: string) => ({
  env: {
    PATH: "/usr/bin:/bin",
    HOME: home,
    LANG: "C.UTF-8",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  },
});

/** Runs the AWS CLI and gives what it prints. */
export async function printByAwsCli(endpoint: string, home: string, args: readonly string[]) {
  return (await run(AWS, ["--endpoint-url", endpoint, ...args], environment(home))).stdout;
}

/** Runs the AWS CLI and reads the JSON that it prints. */
export async function runAwsCli(endpoint: string, home: string, args: readonly string[]) {
  const printed = await printByAwsCli(endpoint, home, ["--output", "json", ...args]);
  return printed === "" ? undefined : JSON.parse(printed);
}

/** Runs a Python program, whose arguments are the endpoint and the given ones, and gives what it prints. */
export async function runPython(endpoint: string, home: string, program: string, args: readonly string[] = []) {
  return (await run(PYTHON, ["-c", program, endpoint, ...args], environment(home))).stdout;
}
