import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { startHttpServer } from "../../../src/local/http-server.js";
import { createRequestHandler } from "../../../src/local/request-handler.js";
import { createDirectoryStore } from "../../../src/local/s3/directory-store.js";
import { createMemoryStore } from "../../../src/local/s3/memory-store.js";
import type { ObjectStore } from "../../../src/local/s3/object-store.js";
import { createS3Service } from "../../../src/local/s3/s3-service.js";
import { describeS3 } from "../../contract/s3.contract.js";
import type { S3UnderTest } from "../../contract/s3-bench.js";
import { describeS3Listing } from "../../contract/s3-listing.contract.js";
import { describeS3Multipart } from "../../contract/s3-multipart.contract.js";

const accountId = "123456789012";
const client = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const serviceOf = (store: ObjectStore) =>
  createS3Service({ store, region: "us-east-1", accountId, now: () => new Date() });

async function inMemory(): Promise<S3UnderTest> {
  const s3 = new S3Client({ ...client, requestHandler: createRequestHandler(serviceOf(createMemoryStore())) });
  return { s3, accountId, close: async () => s3.destroy() };
}

async function inDirectory(): Promise<S3UnderTest> {
  const directory = await mkdtemp(join(tmpdir(), "scones-s3-"));
  const service = serviceOf(await createDirectoryStore({ directory }));
  const s3 = new S3Client({ ...client, requestHandler: createRequestHandler(service) });
  return {
    s3,
    accountId,
    async close() {
      s3.destroy();
      await rm(directory, { recursive: true });
    },
  };
}

async function overHttp(): Promise<S3UnderTest> {
  const server = await startHttpServer({ service: serviceOf(createMemoryStore()) });
  const s3 = new S3Client({ ...client, endpoint: server.endpoint });
  return {
    s3,
    accountId,
    async close() {
      s3.destroy();
      await server.close();
    },
  };
}

for (const [name, create] of [
  ["in memory, in process", inMemory],
  ["in a directory, in process", inDirectory],
  ["in memory, over HTTP", overHttp],
] as const) {
  describeS3(name, create);
  describeS3Listing(name, create);
  describeS3Multipart(name, create);
}
