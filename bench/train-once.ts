import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createClassifier } from "../src/local/training/classifier.js";
import { type LabelledPixels, trainNetwork } from "../src/local/training/train-network.js";

/*
 * One training in a process of its own, so that its CPU time and memory are its own:
 * train-once.ts DATA SEED THREADS, where DATA is a file written by training-data.ts. Prints one line of JSON.
 */
const [file = "", seed = "0", threads = "2"] = process.argv.slice(2);
const bytes = readFileSync(file);
const [trainCount = 0, testCount = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset, 2);
const IMAGE_BYTES = 3072;
const read = (start: number, count: number): LabelledPixels => ({
  pixels: bytes.subarray(start + count, start + count + count * IMAGE_BYTES),
  labels: Uint32Array.from(bytes.subarray(start, start + count)),
  count,
});
const train = read(8, trainCount);
const test = read(8 + trainCount * (IMAGE_BYTES + 1), testCount);

const startedAt = performance.now();
const before = process.cpuUsage();
const imageShape = { height: 32, width: 32 };
const { weights } = await trainNetwork({ train, imageShape, classes: 2, seed: Number(seed), threads: Number(threads) });
const cpu = process.cpuUsage(before);
const wallSeconds = (performance.now() - startedAt) / 1000;

const classifier = createClassifier(weights);
let right = 0;
for (let image = 0; image < test.count; image++) {
  const answer = classifier.classify(test.pixels.subarray(image * IMAGE_BYTES, (image + 1) * IMAGE_BYTES));
  if (answer.indexOf(Math.max(...answer)) === test.labels[image]) right++;
}
console.log(
  JSON.stringify({
    accuracy: right / test.count,
    // The same for a seed, whatever the threads and the version of Node.
    weights: createHash("sha256").update(weights).digest("hex"),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    wallSeconds,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
