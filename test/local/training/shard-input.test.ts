import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { augment, shardRange } from "../../../src/local/training/shard-input.js";

describe("the augmentation", () => {
  it("is the same for the same seed, epoch and image, and another for another of them", () => {
    const many = (change: (index: number) => readonly [seed: number, epoch: number, image: number]) =>
      new Set(Array.from({ length: 64 }, (_, index) => JSON.stringify(augment(...change(index))))).size;
    expect(many(() => [3, 4, 5])).toBe(1);
    expect(many((seed) => [seed, 4, 5])).toBeGreaterThan(32);
    expect(many((epoch) => [3, epoch, 5])).toBeGreaterThan(32);
    expect(many((image) => [3, 4, image])).toBeGreaterThan(32);
  });

  it("shifts by up to four pixels each way, every shift as often as the others, and mirrors half of the images", () => {
    const placements = Array.from({ length: 9000 }, (_, image) => augment(0, 0, image));
    for (const side of ["shiftY", "shiftX"] as const) {
      for (let shift = -4; shift <= 4; shift++) {
        const share = placements.filter((placement) => placement[side] === shift).length / placements.length;
        expect(share, `${side} ${shift}`).toBeCloseTo(1 / 9, 1.5);
      }
      expect(placements.every((placement) => Math.abs(placement[side]) <= 4)).toBe(true);
    }
    expect(placements.filter(({ mirror }) => mirror === 1).length / placements.length).toBeCloseTo(0.5, 1.5);
  });
});

describe("the shards of a batch", () => {
  it("share it without gap or overlap, the first one larger by at most one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (batchSize) => {
        const [first, second] = [shardRange(batchSize, 0), shardRange(batchSize, 1)];
        expect([first[0], first[1], second[1]]).toEqual([0, second[0], batchSize]);
        expect([0, 1]).toContain(first[1] - (second[1] - second[0]));
      }),
    );
  });
});
