import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Examples import the package by name; under test that means the sources.
    alias: [
      { find: /^scones-ml$/, replacement: source("index.ts") },
      { find: /^scones-ml\/(\w+)$/, replacement: source("$1/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/package/**", "node_modules/**"],
    testTimeout: 30_000,
    maxWorkers: 2,
    coverage: { provider: "v8", include: ["src/**"], exclude: ["src/**/index.ts", "src/local/training/generated/**"] },
  },
});
