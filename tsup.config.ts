import { defineConfig, type Options } from "tsup";

const library: Options = {
  entry: {
    index: "src/index.ts",
    "core/index": "src/core/index.ts",
    "etl/index": "src/etl/index.ts",
    "training/index": "src/training/index.ts",
    "inference/index": "src/inference/index.ts",
    "workflow/index": "src/workflow/index.ts",
    "monitoring/index": "src/monitoring/index.ts",
    "local/index": "src/local/index.ts",
  },
  format: ["esm", "cjs"],
  target: "node20",
  platform: "node",
  // One chunk holds the error classes, so that `instanceof` works across entry points.
  splitting: true,
  dts: true,
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
