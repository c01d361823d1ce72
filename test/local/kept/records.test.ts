import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { dateSchema } from "../../../src/local/kept/kept-schemas.js";
import { createDirectoryRecords } from "../../../src/local/kept/record-directory.js";
import { createMemoryRecords } from "../../../src/local/kept/records.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "scones-records-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const JobSchema = z.object({ started: dateSchema, tries: z.number() });
const open = (directory = join(root, "records")) =>
  createDirectoryRecords({ directory, temporary: join(root, "temporary") });
const job = (tries: number) => ({ started: new Date(tries), tries });

describe("the records of the local AWS", () => {
  it("come back in the order in which they were first set, with their last value", () => {
    const jobs = open()("jobs", JobSchema);
    for (const name of ["b", "a", "c", "d"]) jobs.set(name, job(1));
    jobs.set("b", { ...job(2), unknown: "not kept" } as typeof JobSchema._output);
    jobs.delete("c");
    const again = open()("jobs", JobSchema);
    expect([...again]).toEqual([
      ["b", job(2)],
      ["a", job(1)],
      ["d", job(1)],
    ]);
    expect([again.size, again.has("c"), again.get("d")]).toEqual([3, false, job(1)]);
    again.set("e", job(3));
    expect([...open()("jobs", JobSchema).keys()]).toEqual(["b", "a", "d", "e"]);
    expect([...open()("others", JobSchema).values()]).toEqual([]);
  });

  it("leave their folder under no name", () => {
    const jobs = open(join(root, "inside"))("jobs", JobSchema);
    const names = ["../x", "/etc/x", "A", "a", "..", "", "\0", "x".repeat(3000), "__proto__"];
    for (const name of names) jobs.set(name, job(1));
    expect(readdirSync(root).sort()).toEqual(["inside", "temporary"]);
    expect(readdirSync(join(root, "inside"))).toEqual(["jobs"]);
    expect([...open(join(root, "inside"))("jobs", JobSchema).keys()]).toEqual(names);
  });

  it.each([
    ["a file that was cut off", "k=b", '{"name":'],
    ["a value of another kind", "k=b", '{"name":"b","order":1,"value":{"started":"yesterday","tries":1}}'],
    ["the copy of another record", "k=b", '{"name":"a","order":0,"value":{"started":1,"tries":1}}'],
    ["an empty file", "h=0", ""],
  ])("name %s", (_what, file, text) => {
    open()("jobs", JobSchema).set("a", job(1));
    const path = join(root, "records", "jobs", file);
    writeFileSync(path, text);
    const error = (() => {
      try {
        return open()("jobs", JobSchema);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toMatchObject({ code: "LOCAL_DIRECTORY_DAMAGED", details: { path } });
    expect(String(error)).toContain("Move it away");
  });

  it("leave files alone that are none of theirs by name", () => {
    open()("jobs", JobSchema).set("a", job(1));
    writeFileSync(join(root, "records", "jobs", ".DS_Store"), "\0");
    expect([...open()("jobs", JobSchema).keys()]).toEqual(["a"]);
  });

  it("change nothing when they cannot be written", () => {
    const jobs = open()("jobs", JobSchema);
    jobs.set("a", job(1));
    rmSync(join(root, "temporary"), { recursive: true });
    expect(() => jobs.set("a", job(2))).toThrow("ENOENT");
    expect(() => jobs.set("b", job(2))).toThrow("ENOENT");
    expect([...jobs]).toEqual([["a", job(1)]]);
    expect([...open()("jobs", JobSchema)]).toEqual([["a", job(1)]]);
  });

  it("are kept nowhere without a folder", () => {
    createMemoryRecords()("jobs", JobSchema).set("a", job(1));
    expect(createMemoryRecords()("jobs", JobSchema).size).toBe(0);
  });
});
