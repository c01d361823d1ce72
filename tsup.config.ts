import { defineConfig, type Options } from "tsup";

/** What the package exports. */
const entries = {
  index: "src/index.ts",
  "core/index": "src/core/index.ts",
  "etl/index": "src/etl/index.ts",
  "training/index": "src/training/index.ts",
  "inference/index": "src/inference/index.ts",
  "workflow/index": "src/workflow/index.ts",
  "monitoring/index": "src/monitoring/index.ts",
  "local/index": "src/local/index.ts",
};

/**
 * Chunks of their own, so that the bundle of one Lambda function takes along no package that only other modules load, not
 * even where the bundler must leave the SDK's packages alone and cannot tell that they do nothing when loaded.
 */
const chunks = Object.fromEntries(
  ["serialize", "classify", "filter"].map((step) => [
    `inference/${step}-handler`,
    `src/inference/handlers/${step}-handler.ts`,
  ]),
);

const library: Options = {
  entry: { ...entries, ...chunks },
  format: ["esm", "cjs"],
  target: "node20",
  platform: "node",
  // One chunk holds the error classes, so that `instanceof` works across entry points.
  splitting: true,
  dts: { entry: entries },
  sourcemap: true,
  // Both builds run at once: this one empties the folder but for what the other one writes.
  clean: ["!cli/**"],
};

/** The command line: a user of the library like any other, by the package's own name. */
const commandLine: Options = {
  entry: { "cli/main": "src/cli/main.ts" },
  format: ["esm"],
  target: "node20",
  platform: "node",
  external: [/^scones-ml\//],
  sourcemap: true,
};

export default defineConfig([library, commandLine]);
