import {
  type AnnouncedBody,
  buildRequestHeaders,
  readAnswerHeaders,
  readVersion,
  requireWebAddress,
} from "./answer-headers.js";
import { Connection, type ConnectionOptions } from "./connection.js";
import type { PartFile } from "./part-file.js";
import { TransferFailure } from "./transfer-failure.js";

/** What {@link receiveBody} needs to know. @internal */
export interface ReceiveOptions extends ConnectionOptions {
  /** The address. */
  readonly url: URL;
  /** Where the bytes go. */
  readonly part: PartFile;
  /** Published size. */
  readonly bytes: number | undefined;
  /** Whether a checksum will tell whether the bytes are the right ones. */
  readonly hasChecksum: boolean;
  /** Is told after each write. */
  readonly onBytes: () => void;
}

/** Most bytes of a file whose size is not published, so that no server can fill the disk. @internal */
export const MAX_FILE_BYTES = 4 * 1024 ** 3;

/**
 * Asks an address once for the bytes that are missing, and writes what comes behind the others.
 *
 * @param options - See {@link ReceiveOptions}.
 * @throws {@link TransferFailure} unless the part is the whole file now; the signal's reason after an abort.
 * @internal
 */
export async function receiveBody(options: ReceiveOptions): Promise<void> {
  const { url, part } = options;
  requireWebAddress(url);
  const connection = new Connection(options);
  try {
    const response = await connection.request(url, buildRequestHeaders(url, part));
    const body = readAnswerHeaders(url, response, part);
    requirePublishedSize(body, options);
    if (body.isEmpty) return;
    if (body.offset === 0) await part.restart();
    part.announcedBytes = body.totalBytes;
    // The mark is of the first answer: one that came without is not trusted to send the same file later.
    if (!part.versions.has(url.href)) part.versions.set(url.href, readVersion(response.headers));
    await writeBody(connection, options);
  } finally {
    connection.close();
  }
}

async function writeBody(connection: Connection, options: ReceiveOptions): Promise<void> {
  const { part, bytes, hasChecksum, onBytes } = options;
  const limit = part.announcedBytes ?? bytes ?? MAX_FILE_BYTES;
  for (;;) {
    const chunk = await connection.read();
    if (chunk === undefined) break;
    if (part.size + chunk.byteLength > limit) {
      await part.restart();
      throw new TransferFailure({ reason: `more than ${limit} bytes came`, remedy: "next-address" });
    }
    await part.append(chunk);
    onBytes();
  }
  // The end of a body without an announced size is the end of the file: whether it is the right one, its checksum tells.
  const expected = part.announcedBytes ?? (hasChecksum ? undefined : bytes);
  if (expected !== undefined && part.size < expected) {
    throw new TransferFailure({ reason: `${part.size} of ${expected} bytes came`, remedy: "retry" });
  }
}

/** Refuses another file by its announced size, before the bytes that are kept make room for it. */
function requirePublishedSize(body: AnnouncedBody, { bytes }: ReceiveOptions): void {
  const { totalBytes } = body;
  if (totalBytes === undefined) return;
  if (bytes !== undefined && totalBytes !== bytes) {
    const reason = `the server has a file of ${totalBytes} bytes, but one of ${bytes} bytes is published`;
    throw new TransferFailure({ reason, remedy: "next-address" });
  }
  if (totalBytes > MAX_FILE_BYTES && bytes === undefined) {
    const reason = `the server has a file of ${totalBytes} bytes, and at most ${MAX_FILE_BYTES} are downloaded`;
    throw new TransferFailure({ reason, remedy: "next-address" });
  }
}
