import { type ObjectInfo, type ObjectStore, readObject, StoreFailure } from "./s3/object-store.js";
import type { ObjectAccess } from "./sagemaker/environment.js";
import type { ItemStore } from "./states/item-store.js";

/**
 * Gives the local SageMaker its way into the local S3, without a detour over the wire.
 *
 * @param store - The store behind the local S3.
 * @returns Reading, writing and listing.
 * @internal
 */
export function createObjectAccess(store: ObjectStore): ObjectAccess {
  return {
    async *list(bucket, prefix) {
      for await (const { key } of listObjects(store, bucket, prefix)) yield key;
    },
    read: (bucket, key) => missingAs(undefined, () => readObject(store, bucket, key)),
    async write(bucket, key, bytes, contentType) {
      return missingAs(false, async () => {
        await store.put(bucket, key, bytes, { headers: { "content-type": contentType } });
        return true;
      });
    },
    hasBucket: (bucket) =>
      missingAs(false, async () => {
        await store.headBucket(bucket);
        return true;
      }),
  };
}

/**
 * Gives the local Step Functions its way into the local S3.
 *
 * @param store - The store behind the local S3.
 * @returns Reading, writing and listing.
 * @internal
 */
export function createItemStore(store: ObjectStore): ItemStore {
  return { ...createObjectAccess(store), list: (bucket, prefix) => listObjects(store, bucket, prefix) };
}

async function* listObjects(store: ObjectStore, bucket: string, prefix: string): AsyncIterable<ObjectInfo> {
  let startAfter: string | undefined;
  do {
    const page = await store.list(bucket, { prefix, ...(startAfter === undefined ? {} : { startAfter }) });
    yield* page.objects;
    startAfter = page.next;
  } while (startAfter !== undefined);
}

async function missingAs<T, F>(fallback: F, call: () => Promise<T>): Promise<T | F> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof StoreFailure && (error.reason === "no-bucket" || error.reason === "no-key")) return fallback;
    throw error;
  }
}
