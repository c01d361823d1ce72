import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How one request is answered; the empty object is a server as it should be. */
export interface FlakyAnswer {
  /** Answers this status, without the file. */
  readonly status?: number;
  /** Further headers, or others in place of the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of another file. */
  readonly body?: Uint8Array;
  /** Answers 200 with the whole file to any request. */
  readonly ignoresRange?: boolean;
  /** Heeds a range whatever If-Range says. */
  readonly ignoresIfRange?: boolean;
  /** Sends no Content-Length. */
  readonly isChunked?: boolean;
  /** Closes the connection after so many bytes of the body, as soon as the client has read them. */
  readonly cutAfter?: number;
  /** Says nothing any more after so many bytes of the body; -1: not even the headers. */
  readonly stallAfter?: number;
}

/** What a request asked for. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly encoding: string | undefined;
}

/** A server on this machine that answers as a test scripts it. */
export interface FlakyServer {
  /** Its address; the part behind the host does not matter to it. */
  readonly url: URL;
  /** The requests so far. */
  readonly seen: SeenRequest[];
  /** The coming answers; after them it answers as it should. */
  readonly script: FlakyAnswer[];
  /** Has to be told how far the client is: what it has not read when a connection breaks would be lost at random. */
  readonly onRead: (receivedBytes: number) => void;
  /** Resolves as soon as each request so far is answered, or its connection closed. */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Serves a file over 127.0.0.1. */
export async function startFlakyServer(
  file: Uint8Array,
  usual: Readonly<Record<string, string>> = {},
): Promise<FlakyServer> {
  const seen: SeenRequest[] = [];
  const script: FlakyAnswer[] = [];
  const ends: Promise<void>[] = [];
  const cuts = new Set<Cut>();
  const server = createServer((request, response) => {
    const { range, "if-range": ifRange, "accept-encoding": encoding } = request.headers;
    seen.push({ path: request.url ?? "", range, ifRange: first(ifRange), encoding: first(encoding) });
    ends.push(new Promise((resolve) => response.on("close", resolve)));
    const cut = answer({ file, usual, script: script.shift() ?? {}, request, response });
    if (cut !== undefined) cuts.add(cut);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/data/file.tar.gz`),
    seen,
    script,
    onRead: (receivedBytes) => {
      for (const cut of cuts) {
        if (receivedBytes < cut.after) continue;
        cut.response.socket?.destroy();
        cuts.delete(cut);
      }
    },
    idle: async () => {
      await Promise.all(ends);
    },
    close: async () => {
      const closed = new Promise<unknown>((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A connection to close when the client has so much of the file. */
interface Cut {
  readonly response: ServerResponse;
  readonly after: number;
}

interface Exchange {
  readonly file: Uint8Array;
  readonly usual: Readonly<Record<string, string>>;
  readonly script: FlakyAnswer;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function answer({ file, usual, script, request, response }: Exchange): Cut | undefined {
  const { stallAfter, cutAfter, status } = script;
  if (stallAfter === -1) return undefined;
  const whole = script.body ?? file;
  const headers: Record<string, string> = { ...usual, ...script.headers };
  if (status !== undefined) {
    response.writeHead(status, headers).end(`An error page of status ${status}.`);
    return undefined;
  }
  const start = chooseStart(script, request, headers);
  if (start !== undefined && start >= whole.length) {
    response.writeHead(416, { "content-range": `bytes */${whole.length}` }).end("No such range.");
    return undefined;
  }
  const body = whole.subarray(start ?? 0);
  response.writeHead(start === undefined ? 200 : 206, {
    ...(script.isChunked ? {} : { "content-length": String(body.length) }),
    ...(start === undefined ? {} : { "content-range": `bytes ${start}-${whole.length - 1}/${whole.length}` }),
    ...headers,
  });
  const end = cutAfter ?? stallAfter;
  // A whole body that is not ended would keep a connection busy which the client takes for free.
  if (end === undefined || (cutAfter === undefined && end >= body.length)) {
    response.end(body);
    return undefined;
  }
  response.flushHeaders();
  if (end > 0) response.write(body.subarray(0, end));
  if (cutAfter === undefined) return undefined;
  const sentBytes = Math.min(cutAfter, body.length);
  if (sentBytes > 0) return { response, after: (start ?? 0) + sentBytes };
  response.socket?.destroy();
  return undefined;
}

/** The first byte of a range that is to be heeded. */
function chooseStart(
  script: FlakyAnswer,
  request: IncomingMessage,
  headers: Readonly<Record<string, string>>,
): number | undefined {
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  if (start === undefined || script.ignoresRange) return undefined;
  const condition = first(request.headers["if-range"]);
  const isSame = condition === undefined || [headers["etag"], headers["last-modified"]].includes(condition);
  return isSame || script.ignoresIfRange ? Number(start) : undefined;
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
