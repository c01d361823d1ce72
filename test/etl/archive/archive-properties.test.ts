import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { PNG } from "pngjs";
import { expect, it } from "vitest";
import { isSconesError } from "../../../src/core/errors.js";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import { parseLst } from "../../../src/etl/dataset/lst.js";
import { writeDataset } from "../../../src/etl/dataset/write-dataset.js";
import { hundredBinary, hundredPython, tenBinary, tenPython } from "../../helpers/cifar-formats.js";
import { countCases, damageOf, spoil } from "../../helpers/hostile-bytes.js";

const CASES = countCases(100);
const HUNDRED = [8, 48, 0].map((fine, index) => ({ fine, value: 10 + index }));
const TEN = [1, 9, 0].map((fine, index) => ({ fine, value: 20 + index }));
const VEHICLES = ["bicycle", "motorcycle"] as const;
const CARS = ["automobile", "truck"] as const;

/** Writes what a source gives into a watched folder; gives the texts and pixels that are there afterwards. */
async function write(source: Uint8Array, classes: readonly string[]) {
  const root = await mkdtemp(join(tmpdir(), "scones-hostile-"));
  try {
    const parent = join(root, "a", "b");
    await mkdir(parent, { recursive: true });
    const directory = join(parent, "set");
    const error: unknown = await writeDataset({
      images: new CifarExtractor({ source, classes }).images(),
      labels: classes,
      directory,
    }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const files = (await readdir(root, { recursive: true })).map((path) => path.split(sep).join("/")).sort();
    if (error !== undefined) {
      expect(files, "nothing is left behind").toEqual(["a", "a/b"]);
      return { error, content: undefined };
    }
    const content: Record<string, string> = {};
    const expected = ["a", "a/b", "a/b/set"];
    for (const split of ["train", "test"]) {
      const manifest = await readFile(join(directory, `${split}.lst`), "utf8");
      content[`${split}.lst`] = manifest;
      expected.push(`a/b/set/${split}`, `a/b/set/${split}.lst`);
      for (const { labelId, filename } of parseLst(manifest)) {
        expect(labelId).toBeLessThan(classes.length);
        const { width, height, data } = PNG.sync.read(await readFile(join(directory, split, filename)));
        expect([width, height]).toEqual([32, 32]);
        content[`${split}/${filename}`] = data.toString("latin1");
        expected.push(`a/b/set/${split}/${filename}`);
      }
    }
    expect(files, "every file is one of the manifest's, and in the folder").toEqual(expected.sort());
    return { error, content };
  } finally {
    await rm(root, { recursive: true });
  }
}

it(`gives the right files or a coded error for spoilt archives of all formats (${CASES} cases), and nothing beside the target`, async () => {
  const formats = [
    { gz: await hundredPython(HUNDRED), classes: VEHICLES },
    { gz: await hundredBinary(HUNDRED, HUNDRED), classes: VEHICLES },
    { gz: await tenPython([TEN, TEN, TEN, TEN, TEN], TEN), classes: CARS },
    { gz: await tenBinary([TEN, TEN, TEN, TEN, TEN], TEN), classes: CARS },
  ];
  const zipped = formats.map(({ gz }) => gz);
  const tars = zipped.map((gz) => gunzipSync(gz));
  const genuine: unknown[] = [];
  for (const { gz, classes } of formats) {
    const { content } = await write(gz, classes);
    expect(Object.keys(content ?? {}).length).toBeGreaterThanOrEqual(6);
    genuine.push(content);
  }
  const ends = { right: 0, error: 0 };
  const codes = new Set<string>();
  const property = fc.asyncProperty(
    fc.nat(formats.length - 1),
    fc.constantFrom("gzip", "tar", "tar in gzip"),
    fc.array(damageOf, { minLength: 1, maxLength: 3 }),
    async (index, kind, damages) => {
      const spoilt = spoil((kind === "gzip" ? zipped : tars)[index] ?? Buffer.alloc(0), damages, [...zipped, ...tars]);
      const { error, content } = await write(
        kind === "tar in gzip" ? gzipSync(spoilt, { level: 1 }) : spoilt,
        formats[index]?.classes ?? VEHICLES,
      );
      if (error === undefined) {
        ends.right++;
        // The checksum in gzip leaves only the archives themselves; a bare tar says nothing about its pixels.
        if (kind === "gzip") expect(genuine).toContainEqual(content);
        return;
      }
      ends.error++;
      if (!isSconesError(error)) throw error;
      codes.add(error.code);
    },
  );
  await fc.assert(property, { numRuns: CASES, timeout: 10_000 });
  expect(Math.min(ends.right, ends.error), JSON.stringify(ends)).toBeGreaterThan(0);
  expect([...codes]).toEqual(expect.arrayContaining(["ARCHIVE_INVALID", "ARCHIVE_TRUNCATED"]));
}, 600_000);
