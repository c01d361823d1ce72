import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDirectoryRecords, createMemoryRecords } from "../../src/local/records.js";

describe("the records of the local AWS", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "scones-records-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("come back in the order in which they were first saved, with their last value", () => {
    const jobs = createDirectoryRecords(directory)("jobs");
    for (const name of ["b", "a", "c", "d"]) jobs.save(name, { name, try: 1 });
    jobs.save("b", { name: "b", try: 2 });
    jobs.remove("c");
    const again = createDirectoryRecords(directory)("jobs");
    expect(again.load()).toEqual([
      { name: "b", try: 2 },
      { name: "a", try: 1 },
      { name: "d", try: 1 },
    ]);
    again.save("e", { name: "e" });
    expect(createDirectoryRecords(directory)("jobs").load().at(-1)).toEqual({ name: "e" });
  });

  it("are apart by kind, and leave the folder under no name", () => {
    const records = createDirectoryRecords(join(directory, "inside"));
    for (const name of ["../x", "/etc/x", "A", "a", "..", "", "\0", "x".repeat(3000), "__proto__"]) {
      records("one").save(name, name);
    }
    records("../two").save("x", 2);
    expect(readdirSync(directory)).toEqual(["inside"]);
    const again = createDirectoryRecords(join(directory, "inside"));
    expect(again("one").load()).toHaveLength(9);
    expect(again("../two").load()).toEqual([2]);
    expect(again("three").load()).toEqual([]);
  });

  it("name a file that is none of theirs", () => {
    createDirectoryRecords(directory)("jobs").save("a", 1);
    writeFileSync(join(directory, "records", "k=jobs", "k=b"), '{"name":');
    expect(() => createDirectoryRecords(directory)("jobs")).toThrow(/k=b is not a record of the local AWS/);
  });

  it("are kept nowhere without a folder", () => {
    const jobs = createMemoryRecords()("jobs");
    jobs.save("a", 1);
    expect(jobs.load()).toEqual([]);
  });
});
