import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { ListEndpointConfigsCommand, ListEndpointsCommand, ListModelsCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { generateArchive } from "../../examples/end-to-end/generate-archive.js";
import { createRetrain } from "../../examples/github-actions/retrain.js";
import { runExample } from "../../examples/shared/command.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { ROLE_ARN } from "../helpers/contracts.js";

let out: string;
let archive: string;
let account: LocalAws;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "scones-retrain-"));
  archive = join(out, "archive.tar.gz");
  await writeFile(archive, generateArchive({ trainPerClass: 80, testPerClass: 20 }));
  account = await createLocalAws();
  await account.clients.s3.send(new CreateBucketCommand({ Bucket: "ours" }));
});
afterAll(async () => {
  await account.close();
  await rm(out, { recursive: true, force: true });
});

async function start(argv: string) {
  const errors: string[] = [];
  const code = await runExample(
    createRetrain(() => account.clients),
    [...`--images 40 ${argv}`.split(" "), "--out", out],
    {
      stdout: { write: () => {} },
      stderr: { write: (text: string) => errors.push(text) },
      color: false,
      signal: new AbortController().signal,
    },
  );
  return { code, errors: errors.join("") };
}

async function listResources() {
  const { sagemaker } = account.clients;
  const [endpoints, configs, models] = await Promise.all([
    sagemaker.send(new ListEndpointsCommand({})),
    sagemaker.send(new ListEndpointConfigsCommand({})),
    sagemaker.send(new ListModelsCommand({})),
  ]);
  return {
    endpoints: (endpoints.Endpoints ?? []).map(({ EndpointName }) => EndpointName),
    configs: (configs.EndpointConfigs ?? []).map(({ EndpointConfigName }) => EndpointConfigName),
    models: (models.Models ?? []).map(({ ModelName }) => ModelName),
  };
}

describe("retraining", () => {
  const ours = () => `--bucket ours --role-arn ${ROLE_ARN} --data ${archive}`;

  it("removes everything that it deployed when the gate fails", async () => {
    expect(await start(`--epochs 1 --gate 1 ${ours()}`)).toEqual({ code: 1, errors: "" });
    expect(await listResources()).toEqual({ endpoints: [], configs: [], models: [] });
    expect(JSON.parse(await readFile(join(out, "gate.json"), "utf8"))).toMatchObject({ gate: 1, passed: false });
  });

  it("makes the endpoint, updates it the next time, and leaves it alone when the gate fails later", async () => {
    expect(await start(`--epochs 8 --gate 0.5 ${ours()}`)).toEqual({ code: 0, errors: "" });
    const first = await listResources();
    expect(first.endpoints).toHaveLength(1);
    expect([first.configs.length, first.models.length]).toEqual([1, 1]);

    expect(await start(`--epochs 8 --gate 0.5 ${ours()}`)).toEqual({ code: 0, errors: "" });
    const second = await listResources();
    expect(second.endpoints).toEqual(first.endpoints);
    expect([second.configs.length, second.models.length]).toEqual([1, 1]);
    expect(second.models).not.toEqual(first.models);

    expect((await start(`--epochs 1 --gate 1 ${ours()}`)).code).toBe(1);
    expect(await listResources()).toEqual(second);
  });

  it("runs on the local AWS without options, and wants bucket and role together", async () => {
    expect((await start("--epochs 4 --gate 0.5")).code).toBe(0);
    const { code, errors } = await start("--bucket ours");
    expect([code, errors]).toEqual([2, expect.stringContaining("--bucket and --role-arn go together.")]);
  });

  it("has a workflow that calls the script with options that it has, and uses no long-lived keys", async () => {
    const text = await readFile(new URL("../../examples/github-actions/retrain.yml", import.meta.url), "utf8");
    const { jobs, permissions } = parse(text);
    expect(permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(text).not.toMatch(/secrets\.|access-key/);
    const commands: string[] = jobs.retrain.steps.map(({ run = "" }) => run);
    const command = commands.find((run) => run.includes("retrain.ts")) ?? "";
    const known = ["out", ...Object.keys(createRetrain().options)];
    const used = [...command.matchAll(/ --([a-z-]+)/g)].map(([, option]) => option).filter((name) => name !== "import");
    expect(used.length).toBeGreaterThan(4);
    for (const option of used) expect(known).toContain(option);
  });
});
