import { fileURLToPath } from "node:url";
import * as z from "zod";
import { callbackSchema, instanceSchema, signalSchema } from "../../core/options.js";
import type { Split } from "../images/cifar-image.js";
import type { DownloadEvent } from "../source/download.js";
import { type CifarSource, parseUrl } from "../source/open-source.js";

/** Options of {@link CifarExtractor}. */
export interface CifarExtractorOptions<Label extends string = string> {
  /**
   * Where the archive comes from: a file path, a `file:`, `http:` or `https:` URL, its bytes, or a stream of them (which
   * can be read once). @defaultValue the published archive with the chosen classes, see {@link CIFAR_ARCHIVES}; it is
   * downloaded once and cached
   */
  readonly source?: CifarSource;
  /**
   * Classes to keep, one or more, by fine or coarse name; their order gives the labels.
   * @defaultValue `["bicycle", "motorcycle"]`
   */
  readonly classes?: readonly Label[];
  /** Format that the archive has to be in; `"auto"` finds it out. @defaultValue `"auto"` */
  readonly format?: "auto" | "python" | "binary";
  /**
   * Compares checksums with the published ones: of the members of a python archive, of a binary archive as a whole.
   * Costs about 0.3 s. @defaultValue `true` for the published archives, `false` for all others
   */
  readonly verify?: boolean;
  /** Other addresses of the same file, which are tried where `source` fails. @defaultValue none */
  readonly mirrors?: readonly (string | URL)[];
  /** MD5 checksum of a download from an address of your own, in hexadecimal digits. @defaultValue none */
  readonly md5?: string;
  /** Folder that keeps downloads. @defaultValue `.cache/scones-ml` in the user's home */
  readonly cacheDirectory?: string;
  /** Milliseconds without a byte after which a download is broken off and resumed. @defaultValue `30000` */
  readonly stallTimeoutMs?: number;
  /** What to download with. @defaultValue the global `fetch` */
  readonly fetch?: typeof fetch;
}

/** What is told while an archive is read. */
export type ExtractProgressEvent =
  | DownloadEvent
  | {
      /** An image was taken out. */
      readonly type: "image";
      /** Images taken out so far. */
      readonly count: number;
    };

/** Options of {@link CifarExtractor.images}. */
export interface ImagesOptions {
  /** Takes one part of the data set only. @defaultValue both parts */
  readonly split?: Split;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** Is told the bytes of a download, and each image. */
  readonly onProgress?: (event: ExtractProgressEvent) => void;
}

/** Checks {@link CifarExtractorOptions}. @internal */
export const OptionsSchema = z.strictObject({
  source: z
    .union([
      z.string().min(1).refine(isReadableAddress, "must be a path or a file:, http: or https: URL"),
      z.instanceof(URL).refine(isReadableAddress, "must be a file:, http: or https: URL"),
      z.instanceof(Uint8Array),
      instanceSchema<AsyncIterable<Uint8Array>>("a path, a URL, bytes or a stream of bytes", [Symbol.asyncIterator]),
    ])
    .optional(),
  classes: z
    .array(z.string().min(1))
    .min(1, "needs at least one class")
    .refine((classes) => new Set(classes).size === classes.length, "must not repeat a class")
    .default(["bicycle", "motorcycle"]),
  format: z.enum(["auto", "python", "binary"]).default("auto"),
  verify: z.boolean().optional(),
  mirrors: z
    .array(z.union([z.string(), z.instanceof(URL)]).refine(isWebAddress, "must be an http: or https: URL"))
    .default([]),
  md5: z
    .string()
    .regex(/^[0-9a-f]{32}$/, "must be an MD5 checksum of 32 hexadecimal digits in lower case")
    .optional(),
  cacheDirectory: z.string().min(1).optional(),
  stallTimeoutMs: z.int().min(1).max(3_600_000).default(30_000),
  fetch: callbackSchema<typeof fetch>().optional(),
});

/** {@link CifarExtractorOptions} with the defaults. @internal */
export type ParsedOptions = z.output<typeof OptionsSchema>;

/** Checks {@link ImagesOptions}. @internal */
export const ImagesOptionsSchema = z.strictObject({
  split: z.enum(["train", "test"]).optional(),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: ExtractProgressEvent) => void>().optional(),
});

/** Finds out now what could otherwise only fail when the archive is opened. */
function isReadableAddress(source: string | URL): boolean {
  try {
    const url = parseUrl(source);
    if (url?.protocol === "file:") fileURLToPath(url);
    return url === undefined || ["file:", "http:", "https:"].includes(url.protocol);
  } catch {
    return false;
  }
}

function isWebAddress(address: string | URL): boolean {
  return URL.canParse(String(address)) && ["http:", "https:"].includes(new URL(address).protocol);
}
