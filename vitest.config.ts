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
    include: ["test/**/*.test.ts", "examples/testing/*.test.ts"],
    exclude: ["test/package/**", "node_modules/**"],
    // Some tests take seconds on a free machine; a busy one gets ten times that.
    testTimeout: 60_000,
    maxWorkers: 2,
    // On Node 20 every process of the SDK would announce that its releases of 2027 need Node 22.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    coverage: { provider: "v8", include: ["src/**"], exclude: ["src/**/index.ts", "src/local/*/generated/**"] },
  },
});
