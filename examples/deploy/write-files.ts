import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildExecutionPolicy, toCloudFormation } from "scones-ml/workflow";
import { definition } from "./workflow.js";

/**
 * Writes what the tools read: `scones.template.json` is the whole of it for CloudFormation; `inference.asl.json` and
 * `execution-policy.json` are the definition and its rights with `${...}` in them, for SAM and Terraform.
 *
 *     npm run build && node --import tsx examples/deploy/write-files.ts build
 */
export async function writeFiles(directory: string): Promise<readonly string[]> {
  const files = {
    "scones.template.json": toCloudFormation({ definition }),
    "inference.asl.json": definition,
    "execution-policy.json": buildExecutionPolicy(definition, { logging: true, tracing: true }),
  };
  await mkdir(directory, { recursive: true });
  return Promise.all(
    Object.entries(files).map(async ([name, value]) => {
      const path = join(directory, name);
      await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
      return path;
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const path of await writeFiles(process.argv[2] ?? "build")) console.log(path);
}
