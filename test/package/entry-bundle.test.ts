import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject, type Project } from "./packed.js";

let project: Project;
beforeAll(() => {
  project = createProject();
});
afterAll(() => project.remove());

/** Bundles a program, minified, with everything but this package left out, and gives its text. */
async function bundle(code: string): Promise<string> {
  const entry = join(project.folder, "entry.mjs");
  writeFileSync(entry, code);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["@aws-sdk/*", "zod", "jsonata", "pngjs", "tar-stream", "sharp"],
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** What somebody would import of each entry, and what of ours may come with it, in bytes. */
const BUDGETS = [
  ["core", "isSconesError", 500],
  ["etl", "CifarExtractor", 60_000],
  ["etl", "encodePng", 20_000],
  ["training", "buildTrainingJobRequest", 30_000],
  ["training", "trainImageClassifier", 90_000],
  ["inference", "createFilterHandler", 20_000],
  ["inference", "deployEndpoint", 30_000],
  ["workflow", "buildInferenceWorkflow", 40_000],
  ["workflow", "runExecution", 40_000],
  ["monitoring", "parseCapture", 32_000],
  ["monitoring", "renderReport", 90_000],
  ["local", "createLocalAws", 800_000],
] as const;

describe("a bundler", () => {
  it.each(["core", "etl", "training", "inference", "workflow", "monitoring", "local"])(
    "leaves nothing of scones-ml/%s behind where nothing of it is used",
    async (entry) => {
      // Packages that are left out stay as bare imports, for nobody knows what they do.
      const text = (await bundle(`import "scones-ml/${entry}";`)).replaceAll(/import"[^"]+";/g, "");
      expect(text.trim()).toBe("");
    },
  );

  it.each(BUDGETS)("takes of scones-ml/%s for %s alone at most %i bytes", async (entry, name, limit) => {
    const text = await bundle(`import { ${name} } from "scones-ml/${entry}"; console.log(${name});`);
    expect(text.length).toBeLessThan(limit);
    expect(text.length).toBeGreaterThan(limit / 5);
  });
});
