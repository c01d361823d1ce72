import { createBaseline, detectDrift, type Observation, summarizeCaptures } from "scones-ml/monitoring";
import { createRandom } from "../examples/end-to-end/random.js";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { figure } from "./measure.js";

const LABELS = ["bicycle", "motorcycle"];
const BASELINE = 2000;
const TRIALS = 200;

/** What the answers are like in a trial. */
interface World {
  readonly name: string;
  /** Share of the second class. */
  readonly share: number;
  /** The higher, the surer; confidences are 1 - u^sureness / 2 with u even in 0 to 1. */
  readonly sureness: number;
}

const SAME: World = { name: "false alarms", share: 0.5, sureness: 3 };
const WORLDS: readonly World[] = [
  SAME,
  { ...SAME, name: "class mix 50 % to 60 % found", share: 0.6 },
  { ...SAME, name: "class mix 50 % to 70 % found", share: 0.7 },
  { ...SAME, name: "share below 0.7 from 16 % to 23 % found", sureness: 2 },
  { ...SAME, name: "share below 0.7 from 16 % to 40 % found", sureness: 1 },
];

/** How often drift is found where there is some, and where there is none, in answers made by a seeded generator. */
export async function runDriftBench({ log }: BenchContext): Promise<readonly BenchResult[]> {
  const random = createRandom(1).next;
  const results: BenchResult[] = [];
  for (const world of WORLDS) {
    for (const count of [100, 300, 1000]) {
      let found = 0;
      for (let trial = 0; trial < TRIALS; trial++) {
        const baseline = createBaseline(await summarizeCaptures(draw(SAME, BASELINE, random), { labels: LABELS }));
        const summary = await summarizeCaptures(draw(world, count, random), { labels: LABELS });
        if (detectDrift({ baseline, summary }).verdict === "drift") found++;
      }
      results.push(figure(`${world.name}, ${count} answers against ${BASELINE}`, (100 * found) / TRIALS, "%"));
    }
    log(`${world.name}: ${TRIALS} trials each`);
  }
  return results;
}

function* draw({ share, sureness }: World, count: number, random: () => number): Generator<Observation> {
  for (let index = 0; index < count; index++) {
    const confidence = 1 - random() ** sureness / 2;
    const labelId = random() < share ? 1 : 0;
    const probabilities = labelId === 0 ? [confidence, 1 - confidence] : [1 - confidence, confidence];
    yield { eventId: String(index), time: new Date(index * 1000), probabilities, labelId, confidence };
  }
}
