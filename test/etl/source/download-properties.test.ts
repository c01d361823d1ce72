import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { isSconesError } from "../../../src/core/errors.js";
import { type DownloadEvent, downloadFile } from "../../../src/etl/source/download.js";
import { type FlakyAnswer, startFlakyServer } from "../../helpers/flaky-server.js";

const BYTES = 3000;
const CASES = Number(process.env["SCONES_CASES"] ?? 60);
const TIMEOUT_MS = Math.max(120_000, CASES * 500);
const FILE = pattern(7);
const OTHER = pattern(11);
const MD5 = createHash("md5").update(FILE).digest("hex");

function pattern(step: number): Uint8Array {
  return Uint8Array.from({ length: BYTES }, (_, index) => (index * step + (index >> 8)) % 256);
}

/** An answer in a form whose counterexamples can be read. */
type Scripted = Omit<FlakyAnswer, "body"> & { readonly bytesOf?: Bytes };
type Bytes = readonly ["file" | "other" | "zeros", number];

function bytesOf([name, length]: Bytes): Uint8Array {
  if (name === "zeros") return new Uint8Array(length);
  return (name === "file" ? FILE : OTHER).subarray(0, length);
}

function toAnswer({ bytesOf: bytes, ...rest }: Scripted): FlakyAnswer {
  return bytes === undefined ? rest : { ...rest, body: bytesOf(bytes) };
}

const OTHER_VERSION = { etag: '"other"', "last-modified": "Thu, 02 Jul 2026 00:00:00 GMT" };
const place = fc.integer({ min: 0, max: BYTES });
const other = fc.constant<Bytes>(["other", BYTES]);
/** What networks and servers do without lying about the file; that it changes is no lie where its tag does too. */
const honest = fc.oneof(
  fc.record({ cutAfter: place }),
  fc.record({ cutAfter: place, ignoresRange: fc.boolean(), isChunked: fc.boolean() }),
  fc.record({ stallAfter: fc.oneof(fc.constant(-1), place) }),
  fc.record({ status: fc.constantFrom(404, 408, 416, 429, 500, 503) }),
  fc.record({ status: fc.constantFrom(429, 503), headers: fc.constant({ "retry-after": "0" }) }),
  fc.record({ headers: fc.constantFrom({ "content-range": "bytes 1-2/3" }, { "content-encoding": "gzip" }) }),
  fc.record({
    bytesOf: other,
    headers: fc.constant(OTHER_VERSION),
    ignoresIfRange: fc.boolean(),
    cutAfter: place,
  }),
);
/** What only a checksum can notice. */
const lying = fc.oneof(
  fc.record({ bytesOf: fc.tuple(fc.constant("other" as const), place), isChunked: fc.boolean() }),
  fc.record({ bytesOf: other, ignoresIfRange: fc.constant(true), cutAfter: place }),
  fc.record({ bytesOf: fc.constant<Bytes>(["zeros", 2 * BYTES]), isChunked: fc.boolean() }),
);
const left = fc.option(
  fc.oneof(
    fc.tuple(fc.constantFrom("file" as const, "other" as const), place),
    fc.tuple(fc.constant("zeros" as const), fc.integer({ min: 0, max: 2 * BYTES })),
  ),
  { nil: undefined },
);
const cases = fc.boolean().chain((hasChecksum) =>
  fc.record({
    hasChecksum: fc.constant(hasChecksum),
    script: fc.array<Scripted>(hasChecksum ? fc.oneof(honest, lying) : honest, { maxLength: 8 }),
    mirrored: fc.array<Scripted>(honest, { maxLength: 3 }),
    isMirrored: fc.boolean(),
    isSizeKnown: fc.boolean(),
    left,
  }),
);

it(`brings the right file or a coded error, whatever happens (${CASES} cases), and the next run brings it`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const server = await startFlakyServer(FILE, { etag: '"v1"' });
  const mirror = await startFlakyServer(FILE, { "last-modified": "Wed, 01 Jul 2026 00:00:00 GMT" });
  const ends = { file: 0, error: 0 };
  const property = fc.asyncProperty(cases, async ({ hasChecksum, script, mirrored, isMirrored, isSizeKnown, left }) => {
    const folder = await mkdtemp(join(tmpdir(), "scones-download-"));
    try {
      const path = join(folder, "file");
      if (left !== undefined) await writeFile(`${path}.part`, bytesOf(left));
      server.script.splice(0, server.script.length, ...script.map(toAnswer));
      mirror.script.splice(0, mirror.script.length, ...mirrored.map(toAnswer));
      const events: DownloadEvent[] = [];
      const options = {
        url: server.url,
        mirrors: isMirrored ? [mirror.url] : [],
        path,
        fetch,
        md5: hasChecksum ? MD5 : undefined,
        bytes: isSizeKnown ? BYTES : undefined,
        retryDelayMs: 0,
        onEvent: (event: DownloadEvent) => {
          events.push(event);
          server.onRead(event.receivedBytes);
          mirror.onRead(event.receivedBytes);
        },
      };
      const error: unknown = await downloadFile({ ...options, stallTimeoutMs: 30 }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      const names = await readdir(folder);
      if (error === undefined) {
        ends.file++;
        const content = await readFile(path);
        // Without a checksum the other file is as good, but never a mixture.
        expect(content.equals(FILE) || (!hasChecksum && content.equals(OTHER))).toBe(true);
        expect(names).toEqual(["file"]);
      } else {
        ends.error++;
        expect(isSconesError(error, "DOWNLOAD_FAILED") || isSconesError(error, "CHECKSUM_MISMATCH")).toBe(true);
        const mayStay = hasChecksum || left !== undefined ? ["file.part"] : [];
        expect(mayStay).toEqual(expect.arrayContaining(names));
      }
      expect(events.every(({ receivedBytes }) => receivedBytes >= 0 && receivedBytes <= 2 * BYTES)).toBe(true);
      server.script.length = 0;
      mirror.script.length = 0;
      if (!hasChecksum) await rm(path, { force: true });
      await downloadFile({ ...options, md5: MD5 });
      expect(Buffer.compare(await readFile(path), FILE)).toBe(0);
      expect(await readdir(folder)).toEqual(["file"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
  try {
    await fc.assert(property, { numRuns: CASES });
  } finally {
    await Promise.all([server.close(), mirror.close()]);
  }
  expect(Math.min(ends.file, ends.error)).toBeGreaterThan(CASES / 20);
});
