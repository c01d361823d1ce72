import { Readable } from "node:stream";
import { toByteStream } from "./byte-stream.js";
import type { WireRequest, WireResponse, WireService } from "./wire.js";

/** What an SDK client hands to its request handler: the parts that matter here. @internal */
export interface SdkHttpRequest {
  readonly method: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** What an SDK client takes back. @internal */
export interface SdkHttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Readable;
}

/** A signal of today, or one of the older kind that has no listeners. @internal */
export interface SdkAbortSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  onabort: unknown;
  addEventListener?: unknown;
}

/** The object that AWS SDK v3 clients take as `requestHandler`. @internal */
export interface InProcessRequestHandler {
  /** Protocol name, as the SDK's own handlers carry it. */
  readonly metadata: { readonly handlerProtocol: string };
  /** Answers one request. */
  handle(
    request: SdkHttpRequest,
    options?: { readonly abortSignal?: SdkAbortSignal | undefined },
  ): Promise<{ response: SdkHttpResponse }>;
  /** Does nothing: there is no connection to configure. */
  updateHttpClientConfig(key: never, value: never): void;
  /** The settings of the handler: none. */
  httpHandlerConfigs(): Record<string, never>;
  /** Does nothing: there is no connection to close. */
  destroy(): void;
}

/**
 * Connects an SDK client to a local service within the process: no port, no socket, no patched global.
 *
 * An error thrown by the service reaches the caller of the client as the same object.
 *
 * @param service - The service that answers.
 * @returns The value for a client's `requestHandler`.
 * @internal
 */
export function createRequestHandler(service: WireService): InProcessRequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle(request, { abortSignal } = {}) {
      if (abortSignal === undefined) return { response: toSdkResponse(await service(toWireRequest(request)), request) };
      return handleAbortable(service, request, abortSignal);
    },
  };
}

async function handleAbortable(
  service: WireService,
  request: SdkHttpRequest,
  abortSignal: SdkAbortSignal,
): Promise<{ response: SdkHttpResponse }> {
  if (abortSignal.aborted) throw abortError(abortSignal);
  const controller = new AbortController();
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(abortError(abortSignal));
  });
  aborted.catch(() => {});
  let body: Readable | undefined;
  const stopListening = listen(abortSignal, () => {
    onAbort();
    controller.abort(abortSignal.reason);
    body?.destroy(abortError(abortSignal));
  });
  try {
    const answer = service(toWireRequest(request, controller.signal));
    answer.then((late) => (abortSignal.aborted ? discardBody(late) : undefined)).catch(() => {});
    const received = await Promise.race([answer, aborted]);
    const response = toSdkResponse(received, request);
    if (received.body instanceof Uint8Array) {
      stopListening();
    } else {
      body = response.body;
      body.once("close", stopListening);
    }
    return { response };
  } catch (error) {
    stopListening();
    throw error;
  }
}

function listen(signal: SdkAbortSignal, onAbort: () => void): () => void {
  if (isEventTarget(signal)) {
    signal.addEventListener("abort", onAbort, { once: true });
    return () => signal.removeEventListener("abort", onAbort);
  }
  signal.onabort = onAbort;
  return () => {
    if (signal.onabort === onAbort) signal.onabort = null;
  };
}

/** By its methods, because a polyfill or another realm has classes of its own. */
function isEventTarget(signal: SdkAbortSignal): signal is SdkAbortSignal & EventTarget {
  return typeof signal.addEventListener === "function";
}

/** The error that the SDK's own Node handler rejects with; core's `abortable` turns it into the signal's reason. */
function abortError(signal: SdkAbortSignal): Error {
  const error = new Error("Request aborted", signal.reason === undefined ? undefined : { cause: signal.reason });
  error.name = "AbortError";
  return error;
}

function toWireRequest(request: SdkHttpRequest, signal?: AbortSignal): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  headers["host"] ??= request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`;
  const length = knownLength(request.body);
  // As Node's own client does for a body of known length.
  if (length !== undefined && headers["transfer-encoding"] === undefined) headers["content-length"] ??= String(length);
  const query = new Map<string, string>();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    query.set(name, typeof value === "string" ? value : (value?.[0] ?? ""));
  }
  const body = toByteStream(request.body);
  const wire = { method: request.method, path: request.path, query, headers };
  return signal === undefined ? { ...wire, body } : { ...wire, body: untilAborted(body, signal), signal };
}

/** A body breaks off with its sender, as it would on a socket: half an upload must not become an object. */
async function* untilAborted(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  const iterator = body[Symbol.asyncIterator]();
  for (;;) {
    signal.throwIfAborted();
    const result = await Promise.race([iterator.next(), aborted]);
    if (result.done === true) return;
    yield result.value;
  }
}

function knownLength(body: unknown): number | undefined {
  if (body === undefined || body === null) return 0;
  if (typeof body === "string") return Buffer.byteLength(body);
  return ArrayBuffer.isView(body) || body instanceof ArrayBuffer ? body.byteLength : undefined;
}

function toSdkResponse(answer: WireResponse, request: SdkHttpRequest): SdkHttpResponse {
  // A caller's stream that the service did not want would otherwise stay open for ever.
  if (request.body instanceof Readable && !request.body.readableEnded) request.body.destroy();
  const body = answer.body instanceof Uint8Array ? wholeBody(answer.body) : streamedBody(answer.body);
  return { statusCode: answer.status, headers: { ...answer.headers }, body };
}

async function discardBody(answer: WireResponse): Promise<void> {
  if (!(answer.body instanceof Uint8Array)) await answer.body[Symbol.asyncIterator]().return?.();
}

function wholeBody(bytes: Uint8Array): Readable {
  const body = new Readable({ read() {}, destroy: destroyQuietly });
  if (bytes.byteLength > 0) body.push(bytes);
  body.push(null);
  return body;
}

function streamedBody(chunks: AsyncIterable<Uint8Array>): Readable {
  const iterator = chunks[Symbol.asyncIterator]();
  let done = false;
  return new Readable({
    read() {
      iterator.next().then(
        (result) => {
          done = result.done === true;
          this.push(done ? null : result.value);
        },
        (error: unknown) => {
          done = true;
          this.destroy(error instanceof Error ? error : new Error("The body ended early", { cause: error }));
        },
      );
    },
    destroy(error, callback) {
      if (!done) iterator.return?.()?.catch(() => {});
      destroyQuietly.call(this, error, callback);
    },
  });
}

/** As for a response from a socket: an error that nobody listens for must not end the process. */
function destroyQuietly(this: Readable, error: Error | null, callback: (error?: Error | null) => void): void {
  callback(this.listenerCount("error") > 0 ? error : null);
}
