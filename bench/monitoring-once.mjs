// Reads captures once and tells what it found and what it cost: node bench/monitoring-once.mjs ours|split|parse FOLDER
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [way, folder] = process.argv.slice(2);
let lines = 0;
let below = 0;
const count = (confidence) => {
  lines++;
  if (confidence < 0.93) below++;
};

if (way === "ours") {
  const { readCaptures } = await import("scones-ml/monitoring");
  for await (const { confidence } of readCaptures({ source: folder })) count(confidence);
} else {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".jsonl"));
  for (const name of names) {
    if (way === "split") {
      // What no reader in Node can go below: the end of each line is found, and nothing is looked at.
      for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 512 * 1024 })) {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
      }
    } else {
      for (const line of readFileSync(join(folder, name), "utf8").trimEnd().split("\n")) {
        count(Math.max(...JSON.parse(JSON.parse(line).captureData.endpointOutput.data)));
      }
    }
  }
}
const { userCPUTime, systemCPUTime } = process.resourceUsage();
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
console.log(JSON.stringify({ lines, below, cpuSeconds, peakMiB: peakMemory() / 1024 }));

/** In kB. What the system says of a process at its end may be the memory of the one that started it. */
function peakMemory() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
