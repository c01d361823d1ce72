import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSconesError } from "../../../src/core/errors.js";
import { type DownloadEvent, type DownloadOptions, downloadFile } from "../../../src/etl/source/download.js";
import { type FlakyAnswer, type FlakyServer, startFlakyServer } from "../../helpers/flaky-server.js";

const FILE = randomBytes(20_000);
const MD5 = createHash("md5").update(FILE).digest("hex");
const OTHER = randomBytes(20_000);
const ETAG = '"v1"';
const SHORT_MS = 40;

let server: FlakyServer;
let mirror: FlakyServer;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scones-download-"));
  path = join(folder, "file.tar.gz");
  server = await startFlakyServer(FILE, { etag: ETAG });
  mirror = await startFlakyServer(FILE, { etag: '"mirror"' });
});

afterEach(async () => {
  await Promise.all([server.close(), mirror.close()]);
  await rm(folder, { recursive: true });
});

function download(options: Partial<DownloadOptions> = {}): Promise<string> {
  const onEvent = (event: DownloadEvent) => {
    options.onEvent?.(event);
    server.onRead(event.receivedBytes);
  };
  return downloadFile({ url: server.url, path, fetch, md5: MD5, retryDelayMs: 0, ...options, onEvent });
}

/** Downloads from a server that answers so, and says how it ended. */
async function outcome(script: readonly FlakyAnswer[], options: Partial<DownloadOptions> = {}) {
  server.script.push(...script);
  const events: DownloadEvent[] = [];
  const error: unknown = await download({ onEvent: (event) => events.push(event), ...options }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const message = error instanceof Error ? error.message : "";
  const retries = events.filter((event) => event.type === "download-retry");
  return { error, message, events, retries, ranges: server.seen.map(({ range }) => range) };
}

async function expectFile(): Promise<void> {
  expect((await readFile(path)).equals(FILE)).toBe(true);
  expect(await readdir(folder)).toEqual(["file.tar.gz"]);
}

const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;
const partOf = (pid: number, host = hostname()) => `${path}.${host}-${pid}-0123456789abcdef.part`;

describe("downloadFile", () => {
  it("brings the file, tells its bytes, and leaves nothing else", async () => {
    const { error, events } = await outcome([], { bytes: FILE.length });
    expect(error).toBeUndefined();
    await expectFile();
    expect(events.at(-1)).toEqual({ type: "download", receivedBytes: FILE.length, totalBytes: FILE.length });
    expect(server.seen).toEqual([
      { path: "/data/file.tar.gz", range: undefined, ifRange: undefined, encoding: "identity" },
    ]);
  });

  it("uses a file that is there, unless its size is not the published one", async () => {
    await writeFile(path, OTHER.subarray(1));
    await download();
    expect(server.seen).toHaveLength(0);
    await download({ bytes: FILE.length });
    expect(server.seen).toHaveLength(1);
    await expectFile();
  });

  it("makes the folder, and says so when it cannot be written", async () => {
    const inner = join(folder, "a", "b", "file");
    expect(await download({ path: inner })).toBe(inner);
    const { error } = await outcome([], { path: join(inner, "below-a-file") });
    expect(error).toMatchObject({
      code: "DOWNLOAD_FAILED",
      message: expect.stringMatching(/cannot be written \(E[A-Z]+\)/),
    });
  });

  it("names the cause of a connection that cannot be made, and no secret of its address", async () => {
    const url = new URL(server.url);
    url.username = "user";
    url.password = "hidden";
    url.search = "?token=hidden";
    await server.close();
    const { error, message, events } = await outcome([], { url, mirrors: [url] });
    expect(error).toMatchObject({ code: "DOWNLOAD_FAILED", details: { receivedBytes: 0 }, cause: expect.any(Error) });
    expect(message).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/data\/file\.tar\.gz .*\(the last of 2 addresses\)/);
    expect(message + JSON.stringify([error, events])).not.toContain("hidden");
    server = await startFlakyServer(FILE);
  });

  it("passes on what a listener throws, and leaves no part of unknown origin", async () => {
    const thrown = new Error("mine");
    const { error } = await outcome([], {
      md5: undefined,
      onEvent: () => {
        throw thrown;
      },
    });
    expect(error).toBe(thrown);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a broken connection", () => {
  it("is resumed at the byte where it broke, under the condition that the file is the same", async () => {
    const { retries, ranges } = await outcome([{ cutAfter: 5000 }, { cutAfter: 3000 }]);
    await expectFile();
    expect(ranges).toEqual([undefined, "bytes=5000-", "bytes=8000-"]);
    expect(server.seen.map(({ ifRange }) => ifRange)).toEqual([undefined, ETAG, ETAG]);
    expect(retries).toMatchObject([
      { receivedBytes: 5000, attempt: 1, reason: expect.stringMatching(/^the connection broke/) },
      { receivedBytes: 8000, attempt: 1 },
    ]);
  });

  it("is resumed within one run without a checksum too", async () => {
    const { ranges } = await outcome([{ cutAfter: 5000 }], { md5: undefined });
    await expectFile();
    expect(ranges).toEqual([undefined, "bytes=5000-"]);
  });

  it.each([
    [
      "its date where there is no tag",
      { "last-modified": "Wed, 01 Jul 2026 00:00:00 GMT" },
      "Wed, 01 Jul 2026 00:00:00 GMT",
    ],
    ["never a weak tag", { etag: 'W/"v1"' }, undefined],
  ])("is resumed with %s", async (_, headers, ifRange) => {
    const other = await startFlakyServer(FILE, headers);
    other.script.push({ cutAfter: 5000 });
    await download({ url: other.url, onEvent: ({ receivedBytes }) => other.onRead(receivedBytes) });
    expect(other.seen[1]).toMatchObject({ range: "bytes=5000-", ifRange });
    await other.close();
    await expectFile();
  });

  it.each<[string, FlakyAnswer[]]>([
    ["ignores ranges", [{ ignoresRange: true }]],
    ["has another version", [{ headers: { etag: '"v2"' } }]],
    ["has another version and ignores the condition", [{ headers: { etag: '"v2"' }, ignoresIfRange: true }, {}]],
    ["knows no such range", [{ status: 416 }, {}]],
    ["sends another range", [{ headers: { "content-range": "bytes 4000-19999/20000" } }, {}]],
    ["sends the range of a longer file", [{ headers: { "content-range": "bytes 5000-29999/30000" } }, {}]],
    ["sends a range of unknown place", [{ headers: { "content-range": "pages 1-2" } }, {}]],
  ])("starts over where the server %s", async (_, script) => {
    const { error, ranges } = await outcome([{ cutAfter: 5000 }, ...script], { md5: undefined });
    expect(error).toBeUndefined();
    expect(ranges.slice(0, 3)).toEqual([undefined, "bytes=5000-", undefined].slice(0, script.length + 1));
    await expectFile();
  });

  it("starts over once only, then asks the mirror", async () => {
    const { ranges } = await outcome([{ cutAfter: 5000 }, { status: 416 }, { cutAfter: 6000 }, { status: 416 }], {
      mirrors: [mirror.url],
    });
    expect(ranges).toEqual([undefined, "bytes=5000-", undefined, "bytes=6000-"]);
    expect(mirror.seen).toMatchObject([{ range: "bytes=6000-", ifRange: undefined }]);
    await expectFile();
  });

  it("is given up after three retries in a row without a byte; each byte gives three more", async () => {
    const nothing: FlakyAnswer = { cutAfter: 0 };
    const script = [nothing, nothing, nothing, { cutAfter: 1000 }, nothing, nothing, nothing];
    const { error, message, retries } = await outcome(script.concat({ status: 503 }));
    expect(retries.map((event) => event.attempt)).toEqual([1, 2, 3, 1, 2, 3]);
    expect(server.seen).toHaveLength(7);
    expect(error).toMatchObject({ code: "DOWNLOAD_FAILED", details: { receivedBytes: 1000 } });
    expect(message).toMatch(/1000 bytes had come\. Try again, which resumes .*mirrors.*pass its path/);
    expect(await readdir(folder)).toEqual(["file.tar.gz.part"]);
  });

  it("does not count the same bytes as progress, so that a server without ranges cannot go on for ever", async () => {
    const again: FlakyAnswer = { ignoresRange: true, cutAfter: 1000 };
    const { error } = await outcome(Array.from({ length: 30 }, () => again));
    expect(error).toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(server.seen.length).toBeLessThan(10);
  });

  it("is a body that ends early, too", async () => {
    const bodies = [FILE.subarray(0, 7000), FILE.subarray(7000)];
    let calls = 0;
    const answer = async () => {
      const first = calls === 0;
      const headers = { "content-length": "20000", "content-range": "bytes 7000-19999/20000" };
      return new Response(bodies[calls++] ?? null, { status: first ? 200 : 206, headers });
    };
    const { retries } = await outcome([], { fetch: answer });
    expect(retries).toMatchObject([{ reason: "7000 of 20000 bytes came" }]);
    await expectFile();
  });
});

describe("a stall", () => {
  it("is broken off before the headers and in the body alike, and resumed", async () => {
    const { retries, ranges } = await outcome([{ stallAfter: -1 }, { stallAfter: 5000 }, { stallAfter: 0 }], {
      stallTimeoutMs: SHORT_MS,
    });
    await expectFile();
    expect(ranges).toEqual([undefined, undefined, "bytes=5000-", "bytes=5000-"]);
    expect(new Set(retries.map((event) => event.reason))).toEqual(new Set([`no byte came for ${SHORT_MS} ms`]));
  });

  it("is noticed where neither the given fetch nor its body heeds a signal", async () => {
    const silent = () => new Promise<Response>(() => {});
    const mute = async () => new Response(new ReadableStream());
    for (const fetch of [silent, mute]) {
      const { error } = await outcome([], { fetch, stallTimeoutMs: 1 });
      expect(error).toMatchObject({ code: "DOWNLOAD_FAILED", message: expect.stringMatching(/no byte came for 1 ms/) });
    }
  });
});

describe("a status", () => {
  it.each([408, 429, 500, 502, 503, 504])("of %i is tried again", async (status) => {
    const { retries } = await outcome([{ status }]);
    expect(retries).toMatchObject([{ reason: `the server says ${status}`, receivedBytes: 0, attempt: 1 }]);
    await expectFile();
  });

  it.each([401, 403, 404, 410])("of %i is not, the mirror is asked at once", async (status) => {
    const { error, retries } = await outcome([{ status }], { mirrors: [mirror.url] });
    expect(error).toBeUndefined();
    expect([server.seen.length, mirror.seen.length]).toEqual([1, 1]);
    expect(retries).toMatchObject([{ source: mirror.url.href, reason: `the server says ${status}`, attempt: 0 }]);
    await expectFile();
  });

  it("is told when nothing else is left", async () => {
    const { error, message } = await outcome([{ status: 404 }]);
    expect(error).toMatchObject({
      code: "DOWNLOAD_FAILED",
      details: { source: server.url.href, status: 404, receivedBytes: 0 },
      cause: expect.any(Error),
    });
    expect(message).toContain(`${server.url.href} could not be downloaded: the server says 404;`);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["0", 3_600_000, 2],
    ["30", 0, 1],
    ["999999", 0, 1],
  ])("with Retry-After %s is heeded before the own delay", async (seconds, retryDelayMs, requests) => {
    const controller = new AbortController();
    let wait: ReturnType<typeof setImmediate> | undefined;
    const { error } = await outcome([{ status: 503, headers: { "retry-after": seconds } }], {
      retryDelayMs,
      signal: controller.signal,
      onEvent: (event) => {
        // Whoever does not wait asks within this time.
        if (event.type === "download-retry" && requests === 1)
          wait = setImmediate(async () => {
            for (let turn = 0; turn < 50; turn++) await fetch(mirror.url);
            controller.abort("enough");
          });
      },
    });
    clearImmediate(wait);
    expect(server.seen).toHaveLength(requests);
    expect(error).toBe(requests === 1 ? "enough" : undefined);
  });
});

describe("mirrors", () => {
  it("go on with the bytes of the first address where the checksum is known", async () => {
    const script = [{ cutAfter: 5000 }, { status: 404 }];
    await outcome(script, { mirrors: [mirror.url] });
    // The mark of one server says nothing to another.
    expect(mirror.seen).toMatchObject([{ range: "bytes=5000-", ifRange: undefined }]);
    await expectFile();
  });

  it("start from the first byte where it is not", async () => {
    await outcome([{ cutAfter: 5000 }, { status: 404 }], { mirrors: [mirror.url], md5: undefined });
    expect(mirror.seen).toMatchObject([{ range: undefined }]);
    await expectFile();
  });

  it("are asked again from the first byte when their bytes do not fit to those of the first address", async () => {
    const { error } = await outcome([{ body: OTHER, cutAfter: 5000 }, { status: 404 }], { mirrors: [mirror.url] });
    expect(error).toBeUndefined();
    expect(mirror.seen).toMatchObject([{ range: "bytes=5000-" }, { range: undefined }]);
    await expectFile();
  });
});

describe("other bytes", () => {
  it("are refused by their checksum, and nothing of them is kept", async () => {
    const { error, message } = await outcome([{ body: OTHER }]);
    const actual = createHash("md5").update(OTHER).digest("hex");
    expect(error).toMatchObject({ code: "CHECKSUM_MISMATCH", details: { expected: MD5, actual } });
    expect(message).toContain(actual);
    expect(message).toContain(MD5);
    expect(await readdir(folder)).toEqual([]);
  });

  it("make the mirror's turn, from the first byte", async () => {
    const { error } = await outcome([{ body: OTHER }], { mirrors: [mirror.url] });
    expect(error).toBeUndefined();
    expect(mirror.seen).toMatchObject([{ range: undefined }]);
    await expectFile();
  });

  it("of an answer without an announced size are refused by the checksum where it ends", async () => {
    const { error } = await outcome([{ body: OTHER.subarray(9), isChunked: true }], { bytes: FILE.length });
    expect(error).toMatchObject({ code: "CHECKSUM_MISMATCH" });
    expect(server.seen).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it("without an announced size or a checksum are too few, and resumed", async () => {
    const few = { body: FILE.subarray(0, 9000), isChunked: true };
    const { retries } = await outcome([few], { bytes: FILE.length, md5: undefined });
    expect(retries).toMatchObject([{ reason: "9000 of 20000 bytes came" }]);
    await expectFile();
  });

  it("never take the place of kept ones when their announced size is wrong, as that of a login page is", async () => {
    const page = { body: Buffer.from("<html>Log in</html>"), ignoresRange: true };
    const options = { bytes: FILE.length };
    const { error, message } = await outcome([{ cutAfter: 12_000 }, page], options);
    expect(error).toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(message).toMatch(/a file of 19 bytes, but one of 20000 bytes is published; 12000 bytes had come/);
    const next = await outcome([], options);
    expect(next.ranges.at(-1)).toBe("bytes=12000-");
    await expectFile();
  });

  it.each<[string, FlakyAnswer, Partial<DownloadOptions>, RegExp]>([
    [
      "published",
      { body: Buffer.alloc(50_000), isChunked: true },
      { bytes: FILE.length },
      /more than 20000 bytes came/,
    ],
    [
      "downloaded at all",
      { headers: { "content-length": "5000000000" } },
      {},
      /5000000000 bytes, and at most 4294967296/,
    ],
  ])("are refused at once when they are more than are %s", async (_, script, options, reason) => {
    const { error, message } = await outcome([script], options);
    expect(error).toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(message).toMatch(reason);
    expect(server.seen).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it("than announced are refused at once", async () => {
    const more = async () => new Response(OTHER, { headers: { "content-length": "19999" } });
    const { message } = await outcome([], { fetch: more });
    expect(message).toMatch(/more than 19999 bytes came/);
  });

  it.each(["gzip", "br"])("in the content encoding %s are refused", async (encoding) => {
    const { error, message } = await outcome([{ headers: { "content-encoding": encoding } }]);
    expect(error).toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(message).toContain(`content encoding "${encoding}"`);
    expect(server.seen).toHaveLength(1);
  });

  it("of an address that is no server's are refused", async () => {
    const { message } = await outcome([], { url: new URL("data:text/plain,abc") });
    expect(message).toMatch(/neither an http: nor an https: address/);
  });
});

describe("an abort", () => {
  const reason = new Error("stop");

  it("before the start asks nobody", async () => {
    const { error } = await outcome([], { signal: AbortSignal.abort(reason) });
    expect(error).toBe(reason);
    expect(server.seen).toHaveLength(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each<[string, FlakyAnswer, DownloadEvent["type"] | "request"]>([
    ["while the answer is awaited", { stallAfter: -1 }, "request"],
    ["in a stalled body", { stallAfter: 5000 }, "download"],
    ["between two chunks", {}, "download"],
    ["in the delay before a retry", { cutAfter: 5000 }, "download-retry"],
  ])("ends the download %s, closes the connection and keeps the part for the next run", async (_, script, moment) => {
    const controller = new AbortController();
    const { error } = await outcome([script], {
      signal: controller.signal,
      retryDelayMs: 3_600_000,
      fetch: (...request) => {
        if (moment === "request") setTimeout(() => controller.abort(reason), 5);
        return fetch(...request);
      },
      onEvent: ({ type }) => {
        if (type === moment) controller.abort(reason);
      },
    });
    expect(error).toBe(reason);
    await server.idle();
    expect(await readdir(folder)).toEqual(moment === "request" ? [] : ["file.tar.gz.part"]);
    const next = await outcome([]);
    expect(next.ranges.at(-1)).toEqual(moment === "request" ? undefined : expect.stringMatching(/^bytes=[1-9]/));
    await expectFile();
  });

  it("leaves nothing without a checksum", async () => {
    const controller = new AbortController();
    const options = { md5: undefined, signal: controller.signal, onEvent: () => controller.abort(reason) };
    expect((await outcome([{ stallAfter: 5000 }], options)).error).toBe(reason);
    expect(await readdir(folder)).toEqual([]);
  });

  it("loses no kept bytes while they are read again", async () => {
    await writeFile(`${path}.part`, FILE.subarray(0, 9000));
    const controller = new AbortController();
    const running = download({ signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect((await readFile(`${path}.part`)).equals(FILE.subarray(0, 9000))).toBe(true);
  });

  it("cancels an answer that comes too late", async () => {
    const controller = new AbortController();
    const { promise, resolve } = defer<Response>();
    const cancelled = defer<unknown>();
    const fetch = () => {
      setImmediate(() => controller.abort(reason));
      return promise;
    };
    await expect(download({ fetch, signal: controller.signal })).rejects.toBe(reason);
    resolve(new Response(new ReadableStream({ cancel: cancelled.resolve })));
    await cancelled.promise;
  });
});

describe("what an earlier run left", () => {
  it("is gone on with when it was released, and told as such", async () => {
    await writeFile(`${path}.part`, FILE.subarray(0, 9000));
    const { events, ranges } = await outcome([]);
    expect(ranges).toEqual(["bytes=9000-"]);
    expect(events.at(-1)).toMatchObject({ receivedBytes: 20_000, resumedBytes: 9000 });
    await expectFile();
  });

  it("is gone on with when its process has died; smaller and empty parts go", async () => {
    await writeFile(partOf(deadPid()), FILE.subarray(0, 9000));
    await writeFile(partOf(deadPid()), FILE.subarray(0, 100));
    await writeFile(partOf(deadPid()), "");
    await writeFile(`${path}.part`, FILE.subarray(0, 8000));
    const { ranges } = await outcome([]);
    expect(ranges).toEqual(["bytes=9000-"]);
    await expectFile();
  });

  it("is gone on with when a former process had the same id, as in containers", async () => {
    const former = partOf(process.pid);
    await writeFile(former, FILE.subarray(0, 9000));
    await utimes(former, 1_700_000_000, 1_700_000_000);
    expect((await outcome([])).ranges).toEqual(["bytes=9000-"]);
    await expectFile();
  });

  it("is left alone while its process lives, or on another host, or where the file is another", async () => {
    const others = [partOf(process.ppid), partOf(process.pid), partOf(deadPid(), "another-host"), `${path}.txt.part`];
    for (const other of others) await writeFile(other, FILE.subarray(0, 9000));
    expect((await outcome([])).ranges).toEqual([undefined]);
    expect(await readdir(folder)).toHaveLength(others.length + 1);
  });

  it("needs no request when it is complete, and is thrown away when it is too long", async () => {
    await writeFile(`${path}.part`, FILE);
    expect((await outcome([], { bytes: FILE.length })).ranges).toEqual([]);
    await expectFile();
    await rm(path);
    await writeFile(`${path}.part`, Buffer.concat([FILE, FILE]));
    expect((await outcome([], { bytes: FILE.length })).ranges).toEqual([undefined]);
    await expectFile();
  });

  it("needs no further byte when the server says that it is complete", async () => {
    await writeFile(`${path}.part`, FILE);
    expect((await outcome([])).ranges).toEqual(["bytes=20000-"]);
    await expectFile();
  });

  it("is downloaded anew when the checksum shows that it does not fit", async () => {
    await writeFile(`${path}.part`, OTHER.subarray(0, 9000));
    const { error, ranges } = await outcome([]);
    expect(error).toBeUndefined();
    expect(ranges).toEqual(["bytes=9000-", undefined]);
    await expectFile();
  });

  it("is not used without a checksum", async () => {
    await writeFile(`${path}.part`, FILE.subarray(0, 9000));
    expect((await outcome([], { md5: undefined })).ranges).toEqual([undefined]);
    await expectFile();
  });

  it("stays the larger of two when a later run fails earlier", async () => {
    server.script.push({ stallAfter: 5000 });
    const controller = new AbortController();
    const running = download({
      signal: controller.signal,
      onEvent: async () => {
        await writeFile(`${path}.part`, FILE.subarray(0, 9000));
        controller.abort();
      },
    });
    await expect(running).rejects.toThrow(/abort/);
    expect(await readFile(`${path}.part`)).toHaveLength(9000);
    expect(await readdir(folder)).toHaveLength(1);
  });
});

it("runs at once beside other runs: each brings the whole file, and no part is left", async () => {
  await writeFile(`${path}.part`, FILE.subarray(0, 9000));
  server.script.push({ cutAfter: 5000 }, { cutAfter: 100 }, { cutAfter: 7000 });
  await Promise.all(Array.from({ length: 5 }, () => download()));
  expect(server.seen.filter(({ range }) => range === "bytes=9000-").length).toBeLessThanOrEqual(2);
  await expectFile();
});

it("is a coded error where it is one", async () => {
  const { error } = await outcome([{ status: 404 }]);
  expect(isSconesError(error, "DOWNLOAD_FAILED")).toBe(true);
});

function defer<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
