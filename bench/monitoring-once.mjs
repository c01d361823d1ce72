// Reads captures once, in the way that is asked for, and tells what it found and what it cost:
// node bench/monitoring-once.mjs ours|images|split FOLDER
import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";

const [way, folder] = process.argv.slice(2);
let lines = 0;
let sum = 0;
let below = 0;

if (way === "split") {
  // What no reader in Node can go below: the bytes of each line are found and not looked at.
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".jsonl"));
  for (const name of names) {
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 1024 * 1024 })) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    }
  }
} else {
  const { readCaptures } = await import("scones-ml/monitoring");
  const images = way === "images" ? "bytes" : "omit";
  for await (const { confidence = 0 } of readCaptures({ source: folder, images })) {
    lines++;
    sum += confidence;
    if (confidence < 0.93) below++;
  }
}
const mean = lines === 0 || sum === 0 ? undefined : Number((sum / lines).toFixed(9));
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(
  JSON.stringify({
    lines,
    mean_max: mean,
    "below_0.93": below,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMiB: maxRSS / 1024,
  }),
);
