// A release is what it says it is: the tag is the package's version, on main, and the change log has its section.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const read = (path) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
const [tag = ""] = process.argv.slice(2);
const { version } = JSON.parse(read("package.json"));
const faults = [];
if (tag !== `v${version}`) faults.push(`the tag is "${tag}", but package.json says ${version}: tag v${version}`);
if (!read("CHANGELOG.md").includes(`\n## ${version}`)) {
  faults.push(`CHANGELOG.md has no section "## ${version}": give "Unreleased" its version and date`);
}
try {
  execFileSync("git", ["merge-base", "--is-ancestor", "HEAD", "origin/main"]);
} catch {
  faults.push("this commit is not on main: merge it first");
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`${tag} may be published`);
