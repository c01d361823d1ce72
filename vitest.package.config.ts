import { defineConfig } from "vitest/config";

/** Tests of what `npm pack` ships: they need a finished build. */
export default defineConfig({
  test: { include: ["test/package/**/*.test.ts"], testTimeout: 240_000, hookTimeout: 240_000, fileParallelism: false },
});
