import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { LocalFunction } from "../../../src/local/lambda/function-options.js";
import { createItemStore } from "../../../src/local/object-access.js";
import { createRequestHandler } from "../../../src/local/request-handler.js";
import { createMemoryStore } from "../../../src/local/s3/memory-store.js";
import { createS3Service } from "../../../src/local/s3/s3-service.js";
import { createStates } from "./states-fixture.js";

/** The local Step Functions beside the local S3 with one bucket, both behind real SDK clients. */
export async function createDistributed(functions: Readonly<Record<string, LocalFunction>> = {}) {
  const now = () => new Date(Date.UTC(2026, 0, 1));
  const store = createMemoryStore({ now });
  await store.createBucket("data", "us-east-1");
  const service = createS3Service({ store, region: "us-east-1", accountId: "123456789012", now });
  const s3 = new S3Client({
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    forcePathStyle: true,
    requestHandler: createRequestHandler(service),
  });
  const states = createStates(functions, { items: createItemStore(store) });

  const put = (key: string, body: string | Uint8Array) =>
    s3.send(new PutObjectCommand({ Bucket: "data", Key: key, Body: body }));
  const get = async (key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "data", Key: key }));
    return (await Body?.transformToString()) ?? "";
  };
  const keys = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "data" }));
    return Contents.map(({ Key }) => Key ?? "");
  };
  return { ...states, s3, put, get, keys };
}

/** A Map state that runs as DISTRIBUTED; its processor gives back its input unless told otherwise. */
export function distributedMap(more: object = {}, states: object = { In: { Type: "Pass", End: true } }) {
  return {
    Type: "Map",
    Label: "items",
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
      StartAt: Object.keys(states)[0],
      States: states,
    },
    ...more,
  };
}

/** An ItemReader of the bucket's object. */
export const itemReader = (key: string, config: object) => ({
  ItemReader: {
    Resource: "arn:aws:states:::s3:getObject",
    Parameters: { Bucket: "data", Key: key },
    ReaderConfig: config,
  },
});
