import { fileURLToPath } from "node:url";
import * as z from "zod";
import { throwIfAborted } from "../../core/abort.js";
import { LabelsSchema } from "../../core/contracts.js";
import { callbackSchema, instanceSchema, parseOptions, signalSchema } from "../../core/options.js";
import { type ArchiveMember, readMembers } from "../archive/read-members.js";
import { ArchiveError } from "../etl-errors.js";
import { CIFAR_SIDE, type CifarImage, interleavePlanes, type Split } from "../images/cifar-image.js";
import {
  CIFAR_100_SOURCE,
  type CifarSource,
  defaultCacheDirectory,
  type ExtractProgressEvent,
  openSource,
  parseUrl,
} from "../source/cifar-source.js";
import { readBatch, readMeta } from "./cifar-batch.js";
import { CIFAR_100_CLASSES, findFineLabels } from "./class-names.js";

/** Options of {@link CifarExtractor}. */
export interface CifarExtractorOptions<Label extends string = string> {
  /**
   * Where the archive comes from: a file path, a `file:`, `http:` or `https:` URL, its bytes, or a stream of them (which
   * can be read once). @defaultValue the published CIFAR-100 python archive, which is downloaded once and cached
   */
  readonly source?: CifarSource;
  /** Classes to keep, by fine name; their order gives the labels. @defaultValue `["bicycle", "motorcycle"]` */
  readonly classes?: readonly Label[];
  /** Folder that keeps downloads. @defaultValue `.cache/scones-ml` in the user's home */
  readonly cacheDirectory?: string;
  /** What to download with. @defaultValue the global `fetch` */
  readonly fetch?: typeof fetch;
}

/** Options of {@link CifarExtractor.images}. */
export interface ImagesOptions {
  /** Takes one part of the data set only. @defaultValue both parts */
  readonly split?: Split;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** Is told the bytes of a download, and each image. */
  readonly onProgress?: (event: ExtractProgressEvent) => void;
}

const OptionsSchema = z.strictObject({
  source: z
    .union([
      z.string().min(1).refine(isReadableAddress, "must be a path or a file:, http: or https: URL"),
      z.instanceof(URL).refine(isReadableAddress, "must be a file:, http: or https: URL"),
      z.instanceof(Uint8Array),
      instanceSchema<AsyncIterable<Uint8Array>>("a path, a URL, bytes or a stream of bytes", [Symbol.asyncIterator]),
    ])
    .default(() => new URL(CIFAR_100_SOURCE.url)),
  classes: LabelsSchema.default(["bicycle", "motorcycle"]),
  cacheDirectory: z.string().min(1).optional(),
  fetch: callbackSchema<typeof fetch>().optional(),
});

const ImagesSchema = z.strictObject({
  split: z.enum(["train", "test"]).optional(),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: ExtractProgressEvent) => void>().optional(),
});

/**
 * Takes labelled images out of the CIFAR-100 python archive. The archive is streamed: neither it nor its pickles are
 * ever held as a whole, and rows of other classes are skipped. Its pickles are read, never executed.
 *
 * @example
 * ```ts
 * import { CifarExtractor } from "scones-ml/etl";
 *
 * const extractor = new CifarExtractor({ source: "cifar-100-python.tar.gz", classes: ["bicycle", "motorcycle"] });
 * for await (const image of extractor.images({ split: "test" })) console.log(image.filename, image.label);
 * ```
 */
export class CifarExtractor<const Label extends string = "bicycle" | "motorcycle"> {
  /** Class names in label order: the first one is label 0. */
  readonly labels: readonly Label[];
  readonly #labelIds: ReadonlyMap<number, number>;
  readonly #options: z.output<typeof OptionsSchema>;

  /**
   * Checks the options; nothing is opened yet.
   *
   * @param options - See {@link CifarExtractorOptions}.
   * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
   * @throws {@link ClassUnknownError} `CLASS_UNKNOWN` when CIFAR-100 has no such class.
   */
  constructor(options: CifarExtractorOptions<Label> = {}) {
    this.#options = parseOptions("CifarExtractor", OptionsSchema, options);
    // The schema keeps the texts as they are; it only cannot say that they are the caller's literals.
    this.labels = this.#options.classes as readonly string[] as readonly Label[];
    this.#labelIds = new Map(findFineLabels(this.labels).map((fineLabel, labelId) => [fineLabel, labelId]));
  }

  /**
   * Reads the images, in the order of the archive. Ending the iteration early closes the archive.
   *
   * @param options - See {@link ImagesOptions}.
   * @returns The images of the chosen classes.
   * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
   * @throws {@link DownloadError} `DOWNLOAD_FAILED` when the archive cannot be downloaded.
   * @throws {@link DownloadError} `CHECKSUM_MISMATCH` when the published archive has another checksum.
   * @throws {@link ArchiveError} `ARCHIVE_TRUNCATED` when the archive ends early.
   * @throws {@link ArchiveError} `ARCHIVE_INVALID` when it is no CIFAR-100 python archive.
   * @throws {@link PickleError} `PICKLE_UNSAFE` when a pickle asks for more than plain data; nothing is executed.
   * @throws {@link PickleError} `PICKLE_INVALID` when a pickle is damaged.
   */
  async *images(options: ImagesOptions = {}): AsyncGenerator<CifarImage<Label>> {
    const { split, signal, onProgress } = parseOptions("CifarExtractor.images", ImagesSchema, options);
    throwIfAborted(signal);
    const { source, cacheDirectory = defaultCacheDirectory(), fetch = globalThis.fetch } = this.#options;
    const archive = await openSource({ source, cacheDirectory, fetch, signal, onProgress });
    const wanted = split === undefined ? ["train", "test"] : [split];
    let count = 0;
    for await (const member of readMembers({ ...archive, source: archive.name, names: [...wanted, "meta"], signal })) {
      if (member.name === "meta") {
        await checkMeta(member, archive.name);
        continue;
      }
      for await (const image of this.#readSplit(member, archive.name)) {
        throwIfAborted(signal);
        yield image;
        onProgress?.({ type: "image", count: ++count });
      }
      throwIfAborted(signal);
    }
  }

  async *#readSplit(member: ArchiveMember, source: string): AsyncGenerator<CifarImage<Label>> {
    const fineLabels = new Set(this.#labelIds.keys());
    const where = { source, member: member.name };
    for await (const { row, fineLabel, filename, planes } of readBatch({ chunks: member.body, where, fineLabels })) {
      const labelId = this.#labelIds.get(fineLabel) ?? 0;
      const label = this.labels[labelId];
      if (label === undefined) continue;
      yield {
        filename,
        split: member.name === "train" ? "train" : "test",
        label,
        labelId,
        row,
        width: CIFAR_SIDE,
        height: CIFAR_SIDE,
        rgb: interleavePlanes(planes),
      };
    }
  }
}

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

/** The archive's own class names must be those that the classes were looked up in, or every label would be wrong. */
async function checkMeta(member: ArchiveMember, source: string): Promise<void> {
  const names = await readMeta({ chunks: member.body, where: { source, member: "meta" } });
  const isSame = names.length === CIFAR_100_CLASSES.length && names.every((name, i) => name === CIFAR_100_CLASSES[i]);
  if (isSame) return;
  throw new ArchiveError({
    code: "ARCHIVE_INVALID",
    message: `The archive ${source} cannot be used: its class names are not those of CIFAR-100, so its labels mean something else. Use the CIFAR-100 python archive, cifar-100-python.tar.gz.`,
    details: { source, member: "meta", reason: "other class names" },
  });
}
