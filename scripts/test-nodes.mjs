// Runs the tests on other versions of Node: node scripts/test-nodes.mjs [VERSION ...]. Their binaries come from npm.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const versions = process.argv.slice(2);
if (versions.some((version) => version.startsWith("-"))) {
  console.log("Usage: npm run test:nodes -- [VERSION ...]   default: 20.19 22 24 latest");
  process.exit(versions.includes("--help") ? 0 : 2);
}
const folder = mkdtempSync(join(tmpdir(), "scones-nodes-"));
const run = (command, args, cwd) => spawnSync(command, args, { cwd, stdio: "inherit" }).status === 0;
const results = [];
try {
  for (const version of versions.length > 0 ? versions : ["20.19", "22", "24", "latest"]) {
    const name = `node-${version.replaceAll(".", "-")}`;
    const install = [
      "install",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      "--prefix",
      folder,
      `${name}@npm:node@${version}`,
    ];
    const binary = join(folder, "node_modules", name, "bin", "node");
    console.log(`\n== Node ${version}`);
    const passed =
      run("npm", install, folder) &&
      run(binary, ["--version"], ROOT) &&
      run(binary, ["node_modules/vitest/vitest.mjs", "run"], ROOT);
    results.push([version, passed]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log("");
for (const [version, passed] of results) console.log(`Node ${version}: ${passed ? "passed" : "FAILED"}`);
if (results.some(([, passed]) => !passed)) process.exitCode = 1;
