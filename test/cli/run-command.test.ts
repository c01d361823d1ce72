import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/run-command.js";

/** A terminal that remembers what was printed. */
function createTerminal() {
  const output: string[] = [];
  const errors: string[] = [];
  const signals = new EventEmitter();
  const printed = new EventEmitter();
  const print = (text: string) => {
    output.push(text);
    printed.emit("text");
  };
  return { output, errors, signals, printed, print, printError: (text: string) => errors.push(text) };
}

/** Starts the local AWS on a free port and waits until it says where it is. */
async function start(words: readonly string[] = []) {
  const terminal = createTerminal();
  const listening = once(terminal.printed, "text");
  const exit = runCommand(["local", "--port", "0", ...words], terminal);
  await Promise.race([listening, exit]);
  const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(terminal.output.join("\n"))?.[0] ?? "";
  const stop = (signal: "SIGINT" | "SIGTERM") => {
    terminal.signals.emit(signal);
    return exit;
  };
  return { ...terminal, endpoint, stop };
}
const connect = (endpoint: string) =>
  new S3Client({ endpoint, region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "x" } });

describe("scones-ml", () => {
  it("prints its options and its version", async () => {
    for (const words of [["--help"], ["local", "--help"], ["-h"]]) {
      const terminal = createTerminal();
      expect(await runCommand(words, terminal)).toBe(0);
      for (const option of ["--directory", "--port", "--region", "--seed", "--function"]) {
        expect(terminal.output.join()).toContain(option);
      }
    }
    const terminal = createTerminal();
    expect(await runCommand(["--version"], terminal)).toBe(0);
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(terminal.output).toEqual([version]);
  });

  it.each<[string, readonly string[], string]>([
    ["no command", [], "A command is missing"],
    ["an unknown command", ["deploy"], 'no command "deploy"'],
    ["an unknown option", ["local", "--prot", "1"], "--prot"],
    ["an option without its value", ["local", "--port"], "--port"],
    ["a port that is no number", ["local", "--port", "http"], 'from 0 to 65535, not "http"'],
    ["a port out of range", ["local", "--port", "65536"], "65536"],
    ["a seed that is no integer", ["local", "--seed", "1.5"], "--seed"],
    ["a region that is none", ["local", "--region", "here", "--port", "0"], "must be an AWS region"],
    ["a function without a path", ["local", "--function", "classify"], "NAME=PATH"],
    ["a function of another kind", ["local", "--port", "0", "--function", "f=main.py"], "must be the path of a .js"],
    ["something besides the options", ["local", "there"], "there"],
  ])("says what is wrong with %s, and ends with 2", async (_what, words, message) => {
    const terminal = createTerminal();
    expect(await runCommand(words, terminal)).toBe(2);
    expect(terminal.errors.join()).toContain(message);
    expect(terminal.errors.join()).toContain("--help");
    expect(terminal.signals.eventNames()).toEqual([]);
  });

  it("says when the port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const terminal = createTerminal();
    expect(await runCommand(["local", "--port", port], terminal)).toBe(2);
    expect(terminal.errors.join()).toContain(`Port ${port} is taken`);
    server.close();
  });

  it("fails with 1 where the folder cannot be had", async () => {
    const folder = mkdtempSync(join(tmpdir(), "scones-cli-"));
    try {
      writeFileSync(join(folder, "file"), "");
      const terminal = createTerminal();
      expect(await runCommand(["local", "--port", "0", "--directory", join(folder, "file")], terminal)).toBe(1);
      expect(terminal.errors.join()).toMatch(/^scones-ml: /);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("serves until %s, prints what to set, and ends with %i", async (signal, code) => {
    const { endpoint, output, stop, signals } = await start(["--region", "eu-west-1"]);
    const text = output.join("\n");
    expect(text).toContain(`export AWS_ENDPOINT_URL=${endpoint}`);
    expect(text).toContain("export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local");
    expect(text).toContain("export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1");
    expect((await connect(endpoint).send(new ListBucketsCommand({}))).Buckets).toEqual([]);
    expect(await stop(signal)).toBe(code);
    expect(signals.eventNames()).toEqual([]);
    await expect(fetch(endpoint)).rejects.toThrow();
  });

  it("keeps buckets in a folder and runs bundles", async () => {
    const folder = mkdtempSync(join(tmpdir(), "scones-cli-"));
    try {
      const bundle = join(folder, "index.mjs");
      writeFileSync(
        bundle,
        "export const handler = async ({ name }) => { console.log('called'); return 'hi ' + name; };",
      );
      const words = ["--directory", join(folder, "aws"), "--function", `greet=${bundle}`];
      const first = await start(words);
      expect(first.output.join()).toContain("function arn:aws:lambda:us-east-1:000000000000:function:greet");
      await connect(first.endpoint).send(new CreateBucketCommand({ Bucket: "kept" }));
      const url = `${first.endpoint}/2015-03-31/functions/greet/invocations`;
      expect(await (await fetch(url, { method: "POST", body: '{"name":"you"}' })).json()).toBe("hi you");
      expect(first.output.join()).toContain("\tINFO\tcalled");
      await first.stop("SIGINT");
      const second = await start(words);
      const { Buckets = [] } = await connect(second.endpoint).send(new ListBucketsCommand({}));
      expect(Buckets.map(({ Name }) => Name)).toEqual(["kept"]);
      await second.stop("SIGTERM");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
