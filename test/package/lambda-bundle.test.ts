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

async function bundle(name: string) {
  const outfile = join(project.folder, `${name}.cjs`);
  const code = readFileSync(join(ROOT, "examples/lambda", `${name}.ts`), "utf8");
  const { metafile } = await build({
    stdin: { contents: code, loader: "ts", resolveDir: project.folder },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    metafile: true,
    outfile,
  });
  const output = Object.values(metafile.outputs)[0];
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const clients = new Set(used.flatMap(([path]) => /@aws-sdk\/(client-[a-z0-9-]+)\//.exec(path)?.[1] ?? []));
  return {
    outfile,
    clients: [...clients].filter((client) => !/sso|sts|cognito|signin/.test(client)),
    bytes: output?.bytes ?? 0,
  };
}

describe("a bundled, minified Lambda entry", () => {
  it.each([
    ["serialize", ["client-s3"]],
    ["classify", ["client-sagemaker-runtime"]],
    ["filter", []],
  ])("%s carries no client that it does not need", async (name, expected) => {
    expect((await bundle(name)).clients).toEqual(expected);
  });

  it("fails loudly under the name that Step Functions matches", async () => {
    const { outfile, bytes } = await bundle("filter");
    expect(bytes).toBeLessThan(200_000);
    const event = JSON.stringify({ s3_bucket: "scones", s3_key: "a.png", inferences: [0.6, 0.4] });
    const print = "(error) => console.log(error.name, error.message)";
    const output = project.run("call.cjs", `require(${JSON.stringify(outfile)}).handler(${event}).catch(${print});`);
    expect(output).toMatch(/^THRESHOLD_CONFIDENCE_NOT_MET Confidence 0\.6 for class 0 is below the threshold 0\.7/);
    const wrong = project.run("wrong.cjs", `require(${JSON.stringify(outfile)}).handler({}).catch(${print});`);
    expect(wrong).toMatch(/^InvalidPayloadError /);
  });
});
