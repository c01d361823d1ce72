// Follows every link of the built docs site to its file and anchor; a broken one fails the build.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const SITE = fileURLToPath(new URL("../docs/api/", import.meta.url));

const pages = readdirSync(SITE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".html"))
  .map((name) => join(SITE, name));
const anchors = new Map();
const broken = [];
let count = 0;

/** The ids of a page, read once. */
function anchorsOf(page) {
  const found = anchors.get(page);
  if (found !== undefined) return found;
  const ids = new Set([...readFileSync(page, "utf8").matchAll(/\sid="([^"]+)"/g)].map(([, id]) => decode(id)));
  anchors.set(page, ids);
  return ids;
}

function decode(text) {
  return decodeURIComponent(text.replaceAll("&amp;", "&"));
}

for (const page of pages) {
  for (const [, link] of readFileSync(page, "utf8").matchAll(/\s(?:href|src)="([^"]*)"/g)) {
    if (/^([a-z]+:|\/\/)/.test(link) || link === "#") continue;
    count++;
    const [path, anchor] = decode(link).split("#");
    const target = path === "" ? page : resolve(dirname(page), path.split("?")[0]);
    const isThere = existsSync(target);
    if (isThere && (anchor === undefined || !target.endsWith(".html") || anchorsOf(target).has(anchor))) continue;
    broken.push(`${relative(SITE, page)}: ${link} ${isThere ? "has no such anchor" : "leads nowhere"}`);
  }
}
for (const line of [...new Set(broken)]) console.error(line);
console.log(`${pages.length} pages, ${count} links, ${broken.length} broken`);
if (pages.length === 0 || broken.length > 0) process.exitCode = 1;
