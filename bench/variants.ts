import { compareVariants } from "scones-ml/monitoring";
import { createRandom } from "../examples/end-to-end/random.js";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { figure } from "./measure.js";

const TRIALS = 400;
const STEP = 50;
const LIMIT = 20_000;

const WORLDS = [
  { name: "same accuracy", control: 0.9, candidate: 0.9, better: undefined },
  { name: "90 % against 93 %", control: 0.9, candidate: 0.93, better: "candidate" },
  { name: "90 % against 86 %", control: 0.9, candidate: 0.86, better: "control" },
] as const;

/** How often a comparison that is looked at every 50 answers ends, and how often it ends wrongly. */
export async function runVariantsBench({ log }: BenchContext): Promise<readonly BenchResult[]> {
  const random = createRandom(1).next;
  const results: BenchResult[] = [];
  for (const world of WORLDS) {
    const ends: number[] = [];
    let wrong = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const { verdict, count } = follow(world.control, world.candidate, random);
      if (verdict === "undecided") continue;
      ends.push(count);
      const isTrue = verdict === (world.better ?? "no-difference");
      if (!isTrue) wrong++;
    }
    ends.sort((one, other) => one - other);
    results.push(figure(`${world.name}: ended wrongly`, (100 * wrong) / TRIALS, "%"));
    results.push(figure(`${world.name}: ended within ${LIMIT} answers`, (100 * ends.length) / TRIALS, "%"));
    results.push(
      figure(`${world.name}: answers until then, median`, ends[Math.floor(ends.length / 2)] ?? Number.NaN, ""),
    );
    log(`${world.name}: ${TRIALS} trials`);
  }
  return results;
}

/** Looks after every few answers, as somebody who watches a dashboard does, and stops with the first verdict. */
function follow(controlShare: number, candidateShare: number, random: () => number) {
  const control = { name: "A", good: 0, count: 0 };
  const candidate = { name: "B", good: 0, count: 0 };
  for (;;) {
    for (let index = 0; index < STEP; index++) {
      const isControl = random() < 0.5;
      const side = isControl ? control : candidate;
      side.count++;
      if (random() < (isControl ? controlShare : candidateShare)) side.good++;
    }
    const count = control.count + candidate.count;
    const { verdict } = compareVariants({ control, candidate });
    if (verdict !== "undecided" || count >= LIMIT) return { verdict, count };
  }
}
