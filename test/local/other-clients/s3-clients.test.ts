import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpServer, startHttpServer } from "../../../src/local/http-server.js";
import { createMemoryStore } from "../../../src/local/s3/memory-store.js";
import { createS3Service } from "../../../src/local/s3/s3-service.js";
import { hasAwsCli, hasBoto3, printByAwsCli, runPython, skippedWithout } from "./debian-clients.js";

let server: HttpServer;
let directory = "";
beforeAll(async () => {
  const store = createMemoryStore();
  const service = createS3Service({ store, region: "us-east-1", accountId: "000000000000", now: () => new Date() });
  server = await startHttpServer({ service });
  directory = await mkdtemp(join(tmpdir(), "scones-clients-"));
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});
describe.skipIf(!hasAwsCli)(`S3 by the AWS CLI of Debian${skippedWithout(hasAwsCli, "awscli")}`, () => {
  it("makes a bucket, syncs both ways, lists, copies and removes", async () => {
    const aws = (...args: readonly string[]) => printByAwsCli(server.endpoint, directory, ["s3", ...args]);
    const [source, target] = [join(directory, "source"), join(directory, "target")];
    const names = ["plain.txt", "with space & 'quote' ü.txt"];
    await mkdir(source);
    for (const name of names) await writeFile(join(source, name), `content of ${name}`);
    // Large enough for an upload in parts.
    const big = Buffer.alloc(9 * 1024 * 1024, "scones");
    await writeFile(join(source, "big.bin"), big);

    await aws("mb", "s3://cli-bucket");
    await aws("sync", source, "s3://cli-bucket/data", "--no-progress");
    const listed = await aws("ls", "s3://cli-bucket", "--recursive");
    for (const name of [...names, "big.bin"]) expect(listed).toContain(`data/${name}`);
    await aws("sync", "s3://cli-bucket/data", target, "--no-progress");
    for (const name of names) expect(await readFile(join(target, name), "utf8")).toBe(`content of ${name}`);
    expect((await readFile(join(target, "big.bin"))).equals(big)).toBe(true);
    await aws("rb", "--force", "s3://cli-bucket");
    expect(await aws("ls")).not.toContain("cli-bucket");
    // Each command of the CLI takes seconds to start on a busy machine.
  }, 120_000);
});

describe.skipIf(!hasBoto3)(`S3 by boto3 of Debian${skippedWithout(hasBoto3, "python3-boto3")}`, () => {
  it("puts, uploads in parts, pages, presigns, copies and deletes", async () => {
    const program = `
import boto3, io, os, sys, urllib.request
s3 = boto3.client("s3", endpoint_url=sys.argv[1])
b = "boto-bucket"
s3.create_bucket(Bucket=b)
s3.get_waiter("bucket_exists").wait(Bucket=b)
for algorithm in ("CRC32", "SHA1", "SHA256"):
    s3.put_object(Bucket=b, Key=algorithm, Body=io.BytesIO(b"x" * 300000), ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=b, Key=algorithm, ChecksumMode="ENABLED")
    assert got["Checksum" + algorithm] and got["Body"].read() == b"x" * 300000
data = os.urandom(9000000)
s3.upload_fileobj(io.BytesIO(data), b, "big", ExtraArgs={"ChecksumAlgorithm": "SHA256"})
s3.copy({"Bucket": b, "Key": "big"}, b, "big copy")
out = io.BytesIO()
s3.download_fileobj(b, "big copy", out)
assert out.getvalue() == data
keys = ["a b+c", "x&y<z>", "ü/日本", "p/x", "p/x/y", "..", "a/../b", "tab\\there"]
for key in keys:
    s3.put_object(Bucket=b, Key=key, Body=key.encode())
seen = []
for page in s3.get_paginator("list_objects_v2").paginate(Bucket=b, PaginationConfig={"PageSize": 3}):
    seen += [item["Key"] for item in page["Contents"]]
assert set(keys) <= set(seen) and seen == sorted(seen, key=lambda key: key.encode()), seen
url = s3.generate_presigned_url("get_object", Params={"Bucket": b, "Key": "a b+c"})
assert urllib.request.urlopen(url).read() == b"a b+c"
try:
    s3.get_object(Bucket=b, Key="none")
    raise SystemExit("no error")
except s3.exceptions.NoSuchKey:
    pass
s3.delete_objects(Bucket=b, Delete={"Objects": [{"Key": key} for key in seen]})
s3.delete_bucket(Bucket=b)
print("done")
`;
    expect(await runPython(server.endpoint, directory, program)).toBe("done\n");
  }, 120_000);
});
