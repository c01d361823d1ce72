import { defineConfig } from "tsup";

export default defineConfig({
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
  clean: true,
});
