import { S3Error } from "./s3-error.js";

const MAX_LINE = 4096;
const CR = 13;
const LF = 10;

/**
 * Takes the framing off an aws-chunked body: `size[;chunk-signature=...]`, the bytes, and after the last chunk, of size 0, the
 * trailers. Signatures are not checked.
 *
 * @param source - The body as sent, split anywhere.
 * @param trailers - Receives the trailers by lower-case name before the iteration ends.
 * @returns The bytes within.
 * @throws {@link S3Error} `InvalidRequest` for broken framing, `IncompleteBody` for a body that ends early.
 * @internal
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  let state: "size" | "data" | "end-of-data" | "trailer" | "done" = "size";
  let line = "";
  let remaining = 0;
  for await (const input of source) {
    let position = 0;
    while (position < input.length) {
      if (state === "data") {
        const piece = input.subarray(position, position + remaining);
        position += piece.length;
        remaining -= piece.length;
        if (remaining === 0) state = "end-of-data";
        yield piece;
        continue;
      }
      if (state === "done") throw malformed("bytes follow its end");
      const newline = input.indexOf(LF, position);
      const end = newline === -1 ? input.length : newline + 1;
      if (line.length + end - position > MAX_LINE) throw malformed("a line is too long");
      line += Buffer.from(input.buffer, input.byteOffset + position, end - position).toString("latin1");
      position = end;
      if (newline === -1) continue;
      const text = withoutLineEnd(line);
      line = "";
      if (state === "end-of-data") {
        if (text !== "") throw malformed("a chunk is longer than it says");
        state = "size";
      } else if (state === "size") {
        remaining = parseSize(text);
        state = remaining === 0 ? "trailer" : "data";
      } else if (text === "") {
        state = "done";
      } else {
        addTrailer(trailers, text);
      }
    }
  }
  // Some clients leave out the empty line at the end when there are no trailers.
  const ended = state === "done" || (state === "trailer" && line === "" && trailers.size === 0);
  if (!ended) throw new S3Error(400, "IncompleteBody", "The aws-chunked body ended before its last chunk.");
}

function withoutLineEnd(line: string): string {
  if (line.charCodeAt(line.length - 2) !== CR) throw malformed("a line does not end in CR LF");
  return line.slice(0, -2);
}

function parseSize(line: string): number {
  const match = /^([0-9a-fA-F]{1,10})(?:;chunk-signature=[0-9a-f]+)?$/.exec(line);
  if (match?.[1] === undefined) throw malformed("a chunk has no readable size");
  return Number.parseInt(match[1], 16);
}

function addTrailer(trailers: Map<string, string>, line: string): void {
  const colon = line.indexOf(":");
  if (colon <= 0) throw malformed("a trailer has no name");
  trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
}

function malformed(reason: string): S3Error {
  return new S3Error(400, "InvalidRequest", `The body is not valid aws-chunked content: ${reason}.`);
}
