import { createMemoryStore } from "../../../src/local/s3/memory-store.js";
import type { ObjectStore } from "../../../src/local/s3/object-store.js";
import { createS3Service } from "../../../src/local/s3/s3-service.js";

/** The time at every raw S3, in milliseconds since the epoch. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

interface Raw {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly region?: string;
}

/** An S3 that takes requests as they stand on the wire, which no SDK would let us do. It holds one object. */
export class RawS3 {
  readonly store: ObjectStore = createMemoryStore({ now: () => new Date(NOW) });

  static async create(): Promise<RawS3> {
    const raw = new RawS3();
    await raw.store.createBucket("bucket", "us-east-1");
    await raw.store.put("bucket", "key", Buffer.from("the object"));
    return raw;
  }

  async send(method: string, url: string, { headers = {}, body = "", region = "us-east-1" }: Raw = {}) {
    const { store } = this;
    const service = createS3Service({ store, region, accountId: "123456789012", now: () => new Date(NOW) });
    const bytes = Buffer.from(body);
    const [path = "", search = ""] = url.split("?");
    const answer = await service({
      method,
      path,
      query: new Map(new URLSearchParams(search)),
      headers: { host: "127.0.0.1:4566", "content-length": String(bytes.length), ...headers },
      body: (async function* () {
        if (bytes.length > 0) yield bytes;
      })(),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body instanceof Uint8Array ? [answer.body] : answer.body) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1];
    return { status: answer.status, headers: answer.headers, text, code };
  }
}
