/** What is told while a file is downloaded. */
export type DownloadEvent =
  | {
      /** Bytes came. */
      readonly type: "download";
      /** Bytes of the file that are there, kept ones among them. */
      readonly receivedBytes: number;
      /** Bytes of the whole file, where they are known. */
      readonly totalBytes?: number;
      /** Bytes that an earlier run had left and that did not have to be downloaded again. */
      readonly resumedBytes?: number;
    }
  | {
      /** A request failed, and another one follows. */
      readonly type: "download-retry";
      /** The address that is asked next, without user, password and query. */
      readonly source: string;
      /** Why the last request failed. */
      readonly reason: string;
      /** Bytes that are kept; the next request asks for the rest. */
      readonly receivedBytes: number;
      /** Which retry at this address since bytes came last, from 1; 0 for the first request to another address. */
      readonly attempt: number;
    };

/** What {@link downloadFile} needs to know. @internal */
export interface DownloadOptions {
  /** Where the file is. */
  readonly url: URL;
  /** Other addresses of the same file, in the order in which they are tried. */
  readonly mirrors?: readonly URL[] | undefined;
  /** Where it goes; a complete file that is there already is used as it is. */
  readonly path: string;
  /** What to download with. */
  readonly fetch: typeof fetch;
  /** Published checksum. Without one nothing is kept of a download that fails, as nobody could tell whether halves fit. */
  readonly md5?: string | undefined;
  /** Published size. */
  readonly bytes?: number | undefined;
  /** Milliseconds without a byte after which a request counts as stalled. @defaultValue `30000` */
  readonly stallTimeoutMs?: number | undefined;
  /** Milliseconds before the first retry; each further one waits twice as long, up to 10 s. @defaultValue `250` */
  readonly retryDelayMs?: number | undefined;
  /** Ends the download. */
  readonly signal?: AbortSignal | undefined;
  /** Is told the bytes that come, and the retries. */
  readonly onEvent?: ((event: DownloadEvent) => void) | undefined;
}
