import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = join(ROOT, "src");
const STAGES = ["etl", "training", "inference", "workflow", "monitoring"];

/** Packages from outside that a folder may load at run time. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  // The command line uses the library as everyone does, by its public entries.
  cli: ["scones-ml"],
  core: ["zod"],
  etl: ["@aws-sdk/client-s3", "pngjs", "sharp", "tar-stream", "zod"],
  training: ["@aws-sdk/client-cloudwatch-logs", "@aws-sdk/client-s3", "@aws-sdk/client-sagemaker", "zod"],
  "inference/handlers": ["@aws-sdk/client-s3", "@aws-sdk/client-sagemaker-runtime", "zod"],
  "inference/endpoints": [
    "@aws-sdk/client-application-auto-scaling",
    "@aws-sdk/client-s3",
    "@aws-sdk/client-sagemaker",
    "@aws-sdk/client-sagemaker-runtime",
    "zod",
  ],
  workflow: ["@aws-sdk/client-sfn", "zod"],
  monitoring: ["@aws-sdk/client-eventbridge", "@aws-sdk/client-s3", "@aws-sdk/client-sns", "pngjs", "zod"],
  local: [
    "@aws-sdk/client-s3",
    "@aws-sdk/client-sagemaker",
    "@aws-sdk/client-sagemaker-runtime",
    "@aws-sdk/client-sfn",
    "jsonata",
    "pngjs",
    "tar-stream",
    "zod",
  ],
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replaceAll("\\", "/"));

const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(join(SOURCE, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^"';]*?from\s+)?"([^"]+)";/gm);
  const loadedLater = text.matchAll(/(typeof\s)?\bimport\("([^"]+)"\)/g);
  return [...found, ...loadedLater].map(([, type, name = ""]) => ({
    file,
    typeOnly: type !== undefined,
    target: name.startsWith(".") ? relative(SOURCE, normalize(join(SOURCE, dirname(file), name))) : name,
  }));
});

const folderOf = (path: string) => path.split("/")[0] ?? "";
const isOurs = ({ target }: Import) => files.includes(target.replace(/\.js$/, ".ts"));
const show = ({ file, target }: Import) => `${file} -> ${target}`;

describe("the import rule", () => {
  it("is checked on real imports", () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(
      imports
        .filter((item) => item.target.endsWith(".js") && !isOurs(item) && !item.target.includes("generated"))
        .map(show),
    ).toEqual([]);
  });

  it("lets core import nothing of ours", () => {
    expect(
      imports.filter((item) => folderOf(item.file) === "core" && isOurs(item) && folderOf(item.target) !== "core"),
    ).toEqual([]);
  });

  it("lets a stage import core only", () => {
    const sideways = imports.filter((item) => {
      const from = folderOf(item.file);
      return STAGES.includes(from) && isOurs(item) && ![from, "core"].includes(folderOf(item.target));
    });
    expect(sideways.map(show)).toEqual([]);
  });

  it("lets local import stages as types only, and nobody import local", () => {
    const wrong = imports.filter((item) => {
      const [from, to] = [folderOf(item.file), folderOf(item.target)];
      if (!isOurs(item) || from === to) return false;
      return to === "local" || (from === "local" && to !== "core" && !item.typeOnly);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it("keeps index files to the outside", () => {
    const wrong = imports.filter(({ file, target }) => file !== "index.ts" && /(^|\/)index\.js$/.test(target));
    expect(wrong.map(show)).toEqual([]);
  });

  it("lets each folder load its own packages only", () => {
    const wrong = imports.filter((item) => {
      if (isOurs(item) || item.typeOnly || item.target.startsWith("node:") || item.target.includes("generated"))
        return false;
      const home = Object.keys(PACKAGES).find((folder) => item.file.startsWith(`${folder}/`)) ?? "";
      const name = item.target
        .split("/")
        .slice(0, item.target.startsWith("@") ? 2 : 1)
        .join("/");
      return !PACKAGES[home]?.includes(name);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it("has files of a readable size", () => {
    const long = files.filter((file) => {
      const lines = readFileSync(join(SOURCE, file), "utf8").split("\n").length;
      // The main entry is the one list of all names.
      return lines > 300 && !file.includes("generated/") && file !== "index.ts";
    });
    expect(long).toEqual([]);
  });
});
