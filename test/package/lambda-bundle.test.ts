import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject, type Project, ROOT } from "./packed.js";

let project: Project;
beforeAll(() => {
  project = createProject();
});
afterAll(() => project.remove());

async function bundle(name: string, external: readonly string[] = []) {
  const outfile = join(project.folder, `${name}${external.length > 0 ? "-external" : ""}.cjs`);
  const code = readFileSync(join(ROOT, "examples/lambda", `${name}.ts`), "utf8");
  const { metafile } = await build({
    stdin: { contents: code, loader: "ts", resolveDir: project.folder },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // As docs/handlers.md has it: what is not used of the SDK's ES modules is left out.
    mainFields: ["module", "main"],
    metafile: true,
    outfile,
    external: [...external],
    logLevel: "error",
  });
  const output = Object.values(metafile.outputs)[0];
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const clients = new Set(used.flatMap(([path]) => /@aws-sdk\/(client-[a-z0-9-]+)\//.exec(path)?.[1] ?? []));
  const left = readFileSync(outfile, "utf8").matchAll(/require\("@aws-sdk\/(client-[a-z0-9-]+)"\)/g);
  return {
    outfile,
    left: [...new Set([...left].map(([, client]) => client))].sort(),
    clients: [...clients].filter((client) => !/sso|sts|cognito|signin/.test(client)),
    bytes: output?.bytes ?? 0,
  };
}

/** Answers like S3 and an endpoint, and tells what it was asked. */
const SERVER = `
  const asked = [];
  const server = require("node:http").createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
      asked.push(request.method + " " + request.url.split("?")[0] + " " + Buffer.concat(chunks).toString());
      response.end(request.method === "GET" ? "picture" : "[0.1, 0.9]");
    });
  });
  const env = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_REGION: "us-east-1" };
  server.listen(0, "127.0.0.1", async () => {
    Object.assign(process.env, env, { AWS_ENDPOINT_URL: "http://127.0.0.1:" + server.address().port });
    const { handler } = require(BUNDLE);
    const { body } = await handler({ s3_bucket: "scones", s3_key: "a.png" });
    console.log(JSON.stringify({ asked, body }));
    process.exit();
  });`;

describe("a bundled, minified Lambda entry", () => {
  it.each([
    ["serialize", ["client-s3"]],
    ["classify", ["client-s3", "client-sagemaker-runtime"]],
    ["filter", []],
  ])(
    "%s carries no client that it does not need, and asks for none where the SDK is left out",
    async (name, expected) => {
      expect((await bundle(name)).clients.sort()).toEqual(expected);
      expect((await bundle(name, ["@aws-sdk/*", "@smithy/*"])).left).toEqual(expected);
    },
  );

  it.each([
    ["serialize", 600_000],
    ["classify", 630_000],
    ["filter", 200_000],
  ])("%s stays below %i bytes with the SDK included", async (name, limit) => {
    expect((await bundle(name)).bytes).toBeLessThan(limit);
  });

  it("reads an image that is not in the payload, with the SDK in the bundle and without", async () => {
    for (const external of [[], ["@aws-sdk/*", "@smithy/*"]]) {
      const { outfile } = await bundle("classify", external);
      const output = project.run("serve.cjs", SERVER.replace("BUNDLE", JSON.stringify(outfile)));
      expect(JSON.parse(output)).toMatchObject({
        asked: [expect.stringMatching(/^GET .*a\.png/), "POST /endpoints/scones-vehicles/invocations picture"],
        body: { label: "motorcycle", confidence: 0.9, image_data: "" },
      });
    }
  });

  it("works as CommonJS without a bundler too", () => {
    const code = 'require("scones-ml/inference").createClassifyHandler({ endpointName: "scones-vehicles" })';
    const output = project.run("plain.cjs", SERVER.replace("require(BUNDLE)", `{ handler: ${code} }`));
    expect(JSON.parse(output)).toMatchObject({ body: { confidence: 0.9 } });
  });

  it("fails loudly under the name that Step Functions matches", async () => {
    const { outfile } = await bundle("filter");
    const event = JSON.stringify({ s3_bucket: "scones", s3_key: "a.png", inferences: [0.6, 0.4] });
    const print = "(error) => console.log(error.name, error.message)";
    const output = project.run("call.cjs", `require(${JSON.stringify(outfile)}).handler(${event}).catch(${print});`);
    expect(output).toMatch(/^THRESHOLD_CONFIDENCE_NOT_MET Confidence 0\.6 for class 0 is below the threshold 0\.7/);
    const wrong = project.run("wrong.cjs", `require(${JSON.stringify(outfile)}).handler({}).catch(${print});`);
    expect(wrong).toMatch(/^InvalidPayloadError /);
  });
});
