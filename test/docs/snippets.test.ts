import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Every TypeScript fence of the Markdown pages and of the comments of public symbols. */
function collectSnippets(): readonly { readonly where: string; readonly code: string }[] {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(ROOT, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("generated"))
    .map((name) => `src/${name}`);
  return [...pages, ...sources].flatMap((where) => {
    const text = readFileSync(join(ROOT, where), "utf8");
    const plain = where.endsWith(".ts") ? text.replace(/^ *\* ?/gm, "") : text;
    return [...plain.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = ""]) => ({ where, code }));
  });
}

it("every example in the docs and comments compiles against the sources", () => {
  const snippets = collectSnippets();
  expect(snippets.length).toBeGreaterThan(20);
  // Inside the checkout, so that packages resolve as they do for the sources.
  const folder = mkdtempSync(join(ROOT, "node_modules", ".snippets-"));
  try {
    const names = snippets.map(({ where, code }, index) => {
      const name = `${String(index).padStart(3, "0")}-${where.replace(/[^a-zA-Z0-9]+/g, "-")}.ts`;
      writeFileSync(join(folder, name), `${code}\nexport {};\n`);
      return name;
    });
    const extended = {
      extends: join(ROOT, "tsconfig.check.json"),
      // The declarations of packages without their own belong to the sources.
      include: [...names, join(ROOT, "src/**/*.d.ts")],
      compilerOptions: { noUnusedLocals: false },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(extended));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const compile = () =>
      execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", folder], {
        encoding: "utf8",
      });
    try {
      compile();
    } catch (error) {
      throw new Error(String((error as { stdout?: string }).stdout));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
