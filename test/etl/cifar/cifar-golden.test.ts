import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import { sharedData } from "../../helpers/shared-data.js";

const archive = sharedData("data/cifar-100-python-subset.tar.gz");
const genuineRows = sharedData("data/cifar-100-python-subset.rows.json");
const table = sharedData("facts/cifar100-scones-rows.tsv");
const isThere = archive !== undefined && genuineRows !== undefined && table !== undefined;

it.skipIf(!isThere)(
  "gives all 1,200 vehicles the row, label, name and pixels of the genuine data (needs the shared data)",
  async () => {
    const rows: Record<string, readonly number[]> = JSON.parse(readFileSync(genuineRows ?? "", "utf8"));
    const [, ...expected] = readFileSync(table ?? "", "utf8")
      .trimEnd()
      .split("\n");
    expect(expected).toHaveLength(1200);
    const fineLabels: Readonly<Record<string, number>> = { bicycle: 8, motorcycle: 48 };
    for (const source of [archive ?? "", createReadStream(archive ?? "")]) {
      const found: string[] = [];
      for await (const { split, row, label, labelId, filename, rgb } of new CifarExtractor({ source }).images()) {
        const hash = createHash("sha256").update(rgb).digest("hex");
        found.push([split, rows[split]?.[row], fineLabels[label], label, labelId, filename, hash].join("\t"));
      }
      expect(found).toHaveLength(1200);
      expect(found.sort()).toEqual([...expected].sort());
    }
  },
);
