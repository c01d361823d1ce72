import { throwIfAborted } from "../../core/abort.js";
import { describeCode, TransferFailure } from "./transfer-failure.js";

/** How a {@link Connection} is opened. @internal */
export interface ConnectionOptions {
  /** What to download with. */
  readonly fetch: typeof fetch;
  /** Milliseconds without a byte after which it counts as stalled. */
  readonly stallTimeoutMs: number;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * One request and its answer, with a limit on silence. What the network does surfaces as a {@link TransferFailure}, an
 * abort as the signal's reason, even where the given `fetch` heeds no signal.
 *
 * @internal
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #controller = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #stop = () => this.#controller.abort(this.#options.signal?.reason);

  /** @param options - See {@link ConnectionOptions}. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    throwIfAborted(options.signal);
    options.signal?.addEventListener("abort", this.#stop, { once: true });
  }

  /** Sends the request. */
  async request(url: URL, headers: Record<string, string>): Promise<Response> {
    const { fetch } = this.#options;
    return await this.#watch(async () => {
      const response = await fetch(url, { headers, signal: this.#controller.signal });
      // Nobody waits for an answer that comes after the end.
      if (this.#controller.signal.aborted) response.body?.cancel().catch(() => undefined);
      else this.#reader = response.body?.getReader();
      return response;
    });
  }

  /** Reads the next bytes of the answer; `undefined` at its end. */
  async read(): Promise<Uint8Array | undefined> {
    const reader = this.#reader;
    if (reader === undefined) return undefined;
    return await this.#watch(async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        if (value.byteLength > 0) return value;
      }
    });
  }

  /** Lets go of everything. What of the answer has not been read is not read any more. */
  close(): void {
    this.#options.signal?.removeEventListener("abort", this.#stop);
    this.#reader?.cancel().catch(() => undefined);
    this.#controller.abort();
  }

  /** Waits for the network, but neither longer than silence may last nor beyond an abort. */
  async #watch<T>(work: () => Promise<T>): Promise<T> {
    const { stallTimeoutMs } = this.#options;
    const { signal } = this.#controller;
    throwIfAborted(signal);
    const timer = setTimeout(() => {
      const reason = `no byte came for ${stallTimeoutMs} ms`;
      this.#controller.abort(new TransferFailure({ reason, remedy: "retry" }));
    }, stallTimeoutMs);
    let stop = () => {};
    try {
      return await new Promise<T>((resolve, reject) => {
        stop = () => reject(signal.reason);
        signal.addEventListener("abort", stop, { once: true });
        work().then(resolve, reject);
      });
    } catch (cause) {
      throwIfAborted(signal);
      throw new TransferFailure({ reason: `the connection broke${describeCode(cause)}`, remedy: "retry", cause });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }
}
