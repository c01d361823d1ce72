import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as core from "../src/core/index.js";
import * as etl from "../src/etl/index.js";
import * as everything from "../src/index.js";
import * as inference from "../src/inference/index.js";
import * as local from "../src/local/index.js";
import * as monitoring from "../src/monitoring/index.js";
import * as training from "../src/training/index.js";
import * as workflow from "../src/workflow/index.js";

const stages = { core, etl, training, inference, workflow, monitoring };

/** Names that a folder's index file lists, types included. */
function listNames(folder: string): readonly string[] {
  const text = readFileSync(new URL(`../src/${folder}index.ts`, import.meta.url), "utf8");
  return [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = ""]) =>
    names
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== ""),
  );
}

describe("the entry points", () => {
  it("give the package's main entry exactly the names of core and the five stages, types included", () => {
    const names = Object.keys(stages).flatMap((folder) => listNames(`${folder}/`));
    expect([...listNames("")].sort()).toEqual([...names].sort());
    expect(Object.keys(everything).sort()).toEqual(
      Object.values(stages)
        .flatMap((stage) => Object.keys(stage))
        .sort(),
    );
  });

  it("have one home for each name", () => {
    const names = [...Object.keys(stages), "local"].flatMap((folder) => listNames(`${folder}/`));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("list every name one by one, and say when to import them", () => {
    for (const folder of ["", ...Object.keys(stages).map((name) => `${name}/`), "local/"]) {
      const text = readFileSync(new URL(`../src/${folder}index.ts`, import.meta.url), "utf8");
      expect(text, folder).not.toContain("export *");
      expect(text, folder).toMatch(/^\/\*\*[\s\S]*@module/);
    }
    expect(Object.keys(local)).toContain("createLocalAws");
  });
});
