// Prints each package that ships with scones-ml or may: version, licence, size of its folder, and what comes with it.
// With --check it fails on a licence that is not on the list, and on a package that docs/dependencies.md does not name.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ALLOWED = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT", "MIT-0"]);

const readJson = (path) => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const { dependencies, peerDependencies, devDependencies } = readJson("package.json");
const { packages } = readJson("package-lock.json");

/** Where npm has put a package that another one needs: next to it, or further up. */
function locate(name, from) {
  for (let place = from; ; place = place.slice(0, place.lastIndexOf("/node_modules/"))) {
    const path = place === "" ? `node_modules/${name}` : `${place}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (!place.includes("/node_modules/")) return packages[`node_modules/${name}`] ? `node_modules/${name}` : undefined;
  }
}

/** Everything that comes with a package, itself included. */
function treeOf(path, seen = new Set()) {
  if (path === undefined || seen.has(path)) return seen;
  seen.add(path);
  for (const name of Object.keys(packages[path].dependencies ?? {})) treeOf(locate(name, path), seen);
  return seen;
}

function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? sizeOf(path) : statSync(path).size;
  }
  return bytes;
}

const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
const rows = [];
const licences = new Map();
for (const [kind, group] of [
  ["ships", dependencies],
  ["optional", peerDependencies],
]) {
  for (const name of Object.keys(group)) {
    const path = locate(name, "");
    if (path === undefined) continue;
    const tree = treeOf(path);
    for (const part of tree) licences.set(part, packages[part].license ?? readJson(`${part}/package.json`).license);
    const { version } = packages[path];
    const total = [...tree].reduce((sum, part) => sum + sizeOf(join(ROOT, part)), 0);
    rows.push([
      kind,
      `${name}@${version}`,
      licences.get(path),
      kilobytes(sizeOf(join(ROOT, path))),
      tree.size - 1,
      kilobytes(total),
    ]);
  }
}
console.log("kind, package, licence, size, packages that come with it, size with them");
for (const row of rows) console.log(row.join(", "));

if (process.argv.includes("--check")) {
  const page = readFileSync(join(ROOT, "docs/dependencies.md"), "utf8");
  const named = (name) =>
    page.includes(`\`${name}\``) ||
    (name.startsWith("@aws-sdk/client-") && page.includes(`\`${name.slice("@aws-sdk/client".length)}\``));
  const faults = [
    ...[...licences]
      .filter(([, licence]) => !ALLOWED.has(licence))
      .map(([path, licence]) => `${path} has the licence ${licence}`),
    ...Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies })
      .filter((name) => !named(name))
      .map((name) => `docs/dependencies.md does not name ${name}`),
  ];
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
