// What no reader of a .tar.gz in Node can go below: node bench/gunzip-floor.mjs ARCHIVE unpacks it in chunks as large as
// ours and looks at nothing.
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

const [archive] = process.argv.slice(2);
const plain = createReadStream(archive, { highWaterMark: 1024 * 1024 }).pipe(createGunzip({ chunkSize: 256 * 1024 }));
let bytes = 0;
for await (const chunk of plain) bytes += chunk.length;
console.log(JSON.stringify({ bytes, peakMiB: process.resourceUsage().maxRSS / 1024 }));
