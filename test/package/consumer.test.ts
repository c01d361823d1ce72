import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject, type Project, ROOT } from "./packed.js";

const ENTRIES = ["", "/core", "/etl", "/training", "/inference", "/workflow", "/monitoring", "/local"];

let project: Project;
beforeAll(() => {
  project = createProject();
});
afterAll(() => project.remove());

/** Trains a network of two flat classes on the local AWS and asks the endpoint: workers, kernels and wire at once. */
const PROGRAM = `
const run = async ({ local: { createLocalAws }, etl, training, inference, s3 }) => {
  const local = await createLocalAws({ trainer: { network: "small" } });
  const { clients } = local;
  await clients.s3.send(new s3.CreateBucketCommand({ Bucket: "scones" }));
  const labels = ["dark", "light"];
  const images = ["train", "test"].flatMap((split) => Array.from({ length: 16 }, (_, row) => ({
    filename: row + ".png", split, row, labelId: row % 2, label: labels[row % 2], width: 8, height: 8,
    rgb: new Uint8Array(192).fill(row % 2 === 0 ? 30 + row : 220 - row),
  })));
  const dataset = await etl.stageDataset({ images, labels, destination: { bucket: "scones" }, clients });
  const roleArn = "arn:aws:iam::000000000000:role/scones";
  const hyperparameters = { epochs: 3, miniBatchSize: 8 };
  const model = await training.trainImageClassifier({ dataset, roleArn, output: "s3://scones/m", hyperparameters, clients });
  const endpoint = await inference.deployEndpoint({ model, roleArn, clients });
  await inference.deleteEndpoint({ endpoint, clients });
  await local.close();
  console.log("trained", endpoint.labels.join());
};
`;

describe("the packed package", () => {
  it("holds the build and nothing else", () => {
    const foreign = project.files.filter(
      (path) => !/^(dist\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(path),
    );
    expect(foreign).toEqual([]);
    expect(project.files).toContain("LICENSE");
  });

  it("loads every entry by import and by require, with the same names", () => {
    const print = "console.log(JSON.stringify(names));";
    const esm = project.run(
      "names.mjs",
      `const names = {}; for (const e of ${JSON.stringify(ENTRIES)}) names[e] = Object.keys(await import("scones-ml" + e)).sort(); ${print}`,
    );
    const cjs = project.run(
      "names.cjs",
      `const names = {}; for (const e of ${JSON.stringify(ENTRIES)}) names[e] = Object.keys(require("scones-ml" + e)).sort(); ${print}`,
    );
    expect(JSON.parse(cjs)).toEqual(JSON.parse(esm));
    expect(JSON.parse(esm)["/local"]).toContain("createLocalAws");
  });

  it("keeps one error class over its entries, and knows the other format's errors by their brand", () => {
    const output = project.run(
      "errors.mjs",
      `import { createRequire } from "node:module";
       import { SconesError, isSconesError } from "scones-ml/core";
       import { createFilterHandler } from "scones-ml/inference";
       const other = createRequire(import.meta.url)("scones-ml/inference");
       const catchFrom = (make) => { try { make({ threshold: 2 }); } catch (error) { return error; } };
       const own = catchFrom(createFilterHandler), foreign = catchFrom(other.createFilterHandler);
       console.log(own instanceof SconesError, foreign instanceof SconesError, isSconesError(foreign, "INVALID_OPTIONS"));`,
    );
    expect(output.trim()).toBe("true false true");
  });

  it("trains, serves and cleans up from ESM and from CommonJS", () => {
    const names = ["local", "etl", "training", "inference"];
    const esm = names.map((name) => `import * as ${name} from "scones-ml/${name}";`).join("\n");
    const cjs = names.map((name) => `const ${name} = require("scones-ml/${name}");`).join("\n");
    const call = "run({ local, etl, training, inference, s3 });";
    const client = "@aws-sdk/client-s3";
    expect(project.run("train.mjs", `${esm}\nimport * as s3 from "${client}";\n${PROGRAM}await ${call}`)).toMatch(
      /trained/,
    );
    expect(project.run("train.cjs", `${cjs}\nconst s3 = require("${client}");\n${PROGRAM}${call}`)).toMatch(/trained/);
  });

  it("has a command that serves the local AWS until it is told to end", async () => {
    const bin = join(project.folder, "node_modules/scones-ml/dist/cli/main.js");
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    expect(execFileSync(process.execPath, [bin, "--version"], { encoding: "utf8" })).toBe(`${version}\n`);
    const command = spawn(process.execPath, [bin, "local", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(command, "exit");
    const [greeting] = (await once(command.stdout.setEncoding("utf8"), "data")) as [string];
    const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(greeting)?.[1] ?? "";
    expect((await fetch(endpoint)).status).toBe(200);
    command.kill("SIGTERM");
    expect(await ended).toEqual([143, null]);
  });

  it.each(["node16", "nodenext", "bundler"])("type-checks for a strict consumer with %s resolution", (resolution) => {
    const module = resolution === "bundler" ? "esnext" : resolution;
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      target: "es2022",
      lib: ["es2023", "esnext.disposable", "dom"],
      types: ["node"],
      module,
      moduleResolution: resolution,
    };
    writeFileSync(
      join(project.folder, `tsconfig.${resolution}.json`),
      JSON.stringify({ compilerOptions: options, files: ["consumer.mts"] }),
    );
    writeFileSync(
      join(project.folder, "consumer.mts"),
      `import { CifarExtractor } from "scones-ml/etl";
       import { createFilterHandler } from "scones-ml/inference";
       import { createLocalAws } from "scones-ml/local";
       const extractor = new CifarExtractor({ classes: ["bicycle", "bus"] });
       const labels: readonly ("bicycle" | "bus")[] = extractor.labels;
       export const handler = createFilterHandler({ threshold: 0.9 });
       await using local = await createLocalAws();
       console.log(labels, local.region);
       // @ts-expect-error a typo in an option does not compile
       createFilterHandler({ treshold: 0.9 });`,
    );
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const compile = () =>
      execFileSync(process.execPath, [tsc, "-p", join(project.folder, `tsconfig.${resolution}.json`)], {
        encoding: "utf8",
      });
    try {
      compile();
    } catch (error) {
      const ours = String((error as { stdout: string }).stdout)
        .split("\n")
        .filter((line) => /scones-ml|consumer\.mts/.test(line));
      expect(ours).toEqual([]);
    }
  });
});
