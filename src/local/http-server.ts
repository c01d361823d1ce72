import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isSconesError } from "../core/errors.js";
import { formatServerError } from "./server-error.js";
import type { WireRequest, WireResponse, WireService } from "./wire.js";

/** What a server is made of. @internal */
export interface HttpServerOptions {
  readonly service: WireService;
  /** The port; 0 for any free one. @defaultValue 0 */
  readonly port?: number;
  /** Most bytes of one request's body. @defaultValue 6 GiB, above what S3 takes in one request */
  readonly maxBodyBytes?: number;
  /** Milliseconds that a client may take for its headers. @defaultValue 60000 */
  readonly headersTimeoutMs?: number;
  /** Milliseconds that a body may stand still before its connection is ended. @defaultValue 60000 */
  readonly stallTimeoutMs?: number;
}

/** A running server. @internal */
export interface HttpServer {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** Ends every connection and waits until the port is free. Safe to call twice. */
  close(): Promise<void>;
}

const ADDRESS = "127.0.0.1";
const DEFAULT_MAX_BODY_BYTES = 6 * 1024 ** 3;
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Puts a service behind HTTP on the loopback address, and on no other.
 *
 * Requests with a `Host` or an `Origin` header of somewhere else are refused, so that a web page can neither reach it by
 * a name of its own nor send it anything by its address.
 *
 * @param options - See {@link HttpServerOptions}.
 * @returns The running server.
 * @throws Node's own error, such as `EADDRINUSE`, when the port cannot be had.
 * @internal
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { service, port = 0, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options;
  const { headersTimeoutMs = DEFAULT_TIMEOUT_MS, stallTimeoutMs = DEFAULT_TIMEOUT_MS } = options;
  // Uploads may take their time as long as they move: only headers have to come soon.
  // An idle connection stays open longer than SDK clients keep theirs, so that none is closed as it is used again.
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: Math.min(headersTimeoutMs, 30_000),
    keepAliveTimeout: 75_000,
  });
  const listener = (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    endStalledBody(request, stallTimeoutMs);
    answer({ service, maxBodyBytes, request, response, expectsContinue }).catch(() => response.destroy());
  };
  server.on("request", listener(false));
  server.on("checkContinue", listener(true));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, ADDRESS, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  let closed: Promise<void> | undefined;
  return {
    endpoint: `http://${ADDRESS}:${bound}`,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

/** An answer may take its time, a body that does not come any further may not, whether or not the service reads it. */
function endStalledBody(request: IncomingMessage, stallTimeoutMs: number): void {
  const { socket } = request;
  const end = () => request.destroy();
  const stop = () => {
    socket.off("timeout", end);
    socket.setTimeout(0);
  };
  socket.setTimeout(stallTimeoutMs).once("timeout", end);
  request.once("end", stop).once("close", stop);
}

class BodyLimitError extends Error {
  constructor(limit: number) {
    super(`The body is longer than ${limit} bytes.`);
  }
}

interface Exchange {
  readonly service: WireService;
  readonly maxBodyBytes: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
}

async function answer({ service, maxBodyBytes, request, response, expectsContinue }: Exchange): Promise<void> {
  const controller = new AbortController();
  // Errors of a connection surface through the body or the signal; without a listener they would end the process.
  request.on("error", () => {});
  response.on("error", () => {});
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(new Error("The client closed the connection"));
  });
  const wire = toWireRequest(request, response, { maxBodyBytes, expectsContinue, signal: controller.signal });
  if (!isLocalHost(request.headers.host, request.socket.localPort) || !isLocalOrigin(request.headers.origin)) {
    const message =
      "This server answers to 127.0.0.1 and localhost with its own port only, and to no page of elsewhere.";
    return send(request, response, formatServerError(wire, 403, "AccessDenied", message));
  }
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) {
    return send(request, response, describeFault(wire, new BodyLimitError(maxBodyBytes)));
  }
  const result = await service(wire).catch((error: unknown) => describeFault(wire, error));
  await send(request, response, result);
}

function describeFault(wire: WireRequest, error: unknown): WireResponse {
  const message = error instanceof Error ? error.message : String(error);
  if (isSconesError(error, "LOCAL_OPERATION_UNSUPPORTED"))
    return formatServerError(wire, 501, "NotImplemented", message);
  if (error instanceof BodyLimitError) return formatServerError(wire, 413, "RequestEntityTooLarge", message);
  return formatServerError(wire, 500, "InternalFailure", message);
}

async function send(request: IncomingMessage, response: ServerResponse, result: WireResponse): Promise<void> {
  const { status, headers, body } = result;
  const isHead = request.method === "HEAD";
  const whole = body instanceof Uint8Array;
  if (response.destroyed) {
    if (!whole) await body[Symbol.asyncIterator]().return?.();
    return;
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, toHeaderValue(value));
  if (whole && !isHead && status !== 304 && status !== 204) response.setHeader("content-length", body.byteLength);
  // Whatever the service left unread has to be read before the connection can carry the next request.
  response.once("finish", () => request.resume());
  if (whole || isHead) response.end(isHead || !whole ? undefined : body);
  else await pipeline(Readable.from(body, { objectMode: false }), response);
}

function toWireRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly maxBodyBytes: number; readonly expectsContinue: boolean; readonly signal: AbortSignal },
): WireRequest {
  const [path = "/", search = ""] = splitOnce(request.url ?? "/", "?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (!query.has(name)) query.set(name, value);
  }
  // A client that was not asked to go on may or may not send its body: the connection cannot be used again.
  const keepAlive = response.shouldKeepAlive;
  if (options.expectsContinue) response.shouldKeepAlive = false;
  async function* body(): AsyncGenerator<Uint8Array> {
    if (options.expectsContinue) {
      response.shouldKeepAlive = keepAlive;
      response.writeContinue();
    }
    let size = 0;
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > options.maxBodyBytes) throw new BodyLimitError(options.maxBodyBytes);
      yield chunk;
    }
  }
  return { method: request.method ?? "GET", path, query, headers, body: body(), signal: options.signal };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** `127.0.0.1`, the form with the prefix of StartSyncExecution, `localhost` and names below it, each with our own port. */
function isLocalHost(host: string | undefined, port: number | undefined): boolean {
  const match = /^(?:(?:sync-)?127\.0\.0\.1|(?:[a-z0-9_.-]+\.)?localhost)(?::(\d+))?$/i.exec(host ?? "");
  return match !== null && Number(match[1] ?? 80) === port;
}

/** A web page may send simple requests to any address, without being asked: its origin gives it away. */
function isLocalOrigin(origin: string | undefined): boolean {
  return origin === undefined || /^https?:\/\/(?:127\.0\.0\.1|(?:[a-z0-9_.-]+\.)?localhost)(?::\d+)?$/i.test(origin);
}

/** Node refuses header text outside Latin-1 and line breaks; the service's own headers have neither. */
function toHeaderValue(value: string): string {
  return value.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?");
}
