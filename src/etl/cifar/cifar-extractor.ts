import { throwIfAborted } from "../../core/abort.js";
import { isSconesError } from "../../core/errors.js";
import { parseOptions } from "../../core/options.js";
import { archiveInvalid } from "../archive/archive-failures.js";
import { hashBytes } from "../archive/checksum.js";
import { type ArchiveMember, readMembers } from "../archive/read-members.js";
import { ClassUnknownError } from "../etl-errors.js";
import { CIFAR_SIDE, type CifarImage, interleavePlanes } from "../images/cifar-image.js";
import { type OpenedSource, openSource } from "../source/open-source.js";
import { readBinaryBatch } from "./binary-batch.js";
import {
  CIFAR_10_BATCH_ROWS,
  CIFAR_ARCHIVES,
  CIFAR_LAYOUTS,
  type CifarLayout,
  type PublishedArchive,
} from "./cifar-archives.js";
import {
  type CifarExtractorOptions,
  type ImagesOptions,
  ImagesOptionsSchema,
  OptionsSchema,
  type ParsedOptions,
} from "./cifar-options.js";
import type { CifarClass } from "./class-names.js";
import { type ClassSelection, selectClasses } from "./class-selection.js";
import { checkLabelNames } from "./label-names.js";
import { readPythonBatch } from "./python-batch.js";

/** The members of each layout that a split needs: its batches, and the class names. */
const setsOf = (split: "train" | "test" | undefined) =>
  CIFAR_LAYOUTS.map(({ members }) =>
    Object.entries(members)
      .filter(([, member]) => member.kind === "names" || split === undefined || member.split === split)
      .map(([name]) => name),
  );

/**
 * Takes labelled images out of a CIFAR archive: CIFAR-100 by fine or coarse classes, or CIFAR-10, in the python or the
 * binary format. The archive is streamed: neither it nor its members are ever held as a whole, and rows of other classes
 * are skipped. Its pickles are read, never executed.
 *
 * @example
 * ```ts
 * import { CifarExtractor } from "scones-ml/etl";
 *
 * const extractor = new CifarExtractor({ source: "cifar-100-python.tar.gz", classes: ["bicycle", "motorcycle"] });
 * for await (const image of extractor.images({ split: "test" })) console.log(image.filename, image.label);
 * ```
 */
export class CifarExtractor<const Label extends CifarClass | (string & {}) = "bicycle" | "motorcycle"> {
  /** Class names in label order: the first one is label 0. */
  readonly labels: readonly Label[];
  readonly #selection: ClassSelection;
  readonly #options: ParsedOptions;

  /**
   * Checks the options; nothing is opened yet.
   *
   * @param options - See {@link CifarExtractorOptions}.
   * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or classes do not go together.
   * @throws {@link ClassUnknownError} `CLASS_UNKNOWN` when neither CIFAR-100 nor CIFAR-10 has such a class.
   */
  constructor(options: CifarExtractorOptions<Label> = {}) {
    this.#options = parseOptions("CifarExtractor", OptionsSchema, options);
    // The schema keeps the texts as they are; it only cannot say that they are the caller's literals.
    this.labels = this.#options.classes as readonly string[] as readonly Label[];
    this.#selection = selectClasses(this.labels);
  }

  /**
   * Reads the images, in the order of the archive. Ending the iteration early closes the archive. A cached download that
   * turns out to be damaged is removed from the cache.
   *
   * @param options - See {@link ImagesOptions}.
   * @returns The images of the chosen classes.
   * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
   * @throws {@link DownloadError} `DOWNLOAD_FAILED` when the archive cannot be downloaded.
   * @throws {@link DownloadError} `CHECKSUM_MISMATCH` when the archive or a member has another checksum than published.
   * @throws {@link ArchiveError} `ARCHIVE_TRUNCATED` when the archive ends early.
   * @throws {@link ArchiveError} `ARCHIVE_INVALID` when it is no CIFAR archive, or of another format than asked for.
   * @throws {@link ClassUnknownError} `CLASS_UNKNOWN` when the archive is of a data set without these classes.
   * @throws {@link PickleError} `PICKLE_UNSAFE` when a pickle asks for more than plain data; nothing is executed.
   * @throws {@link PickleError} `PICKLE_INVALID` when a pickle is damaged.
   */
  async *images(options: ImagesOptions = {}): AsyncGenerator<CifarImage<Label>> {
    const { split, signal, onProgress } = parseOptions("CifarExtractor.images", ImagesOptionsSchema, options);
    throwIfAborted(signal);
    const opened = await openSource({
      ...this.#options,
      source: this.#options.source ?? new URL(this.#defaultArchive().url),
      fetch: this.#options.fetch ?? globalThis.fetch,
      signal,
      onEvent: onProgress,
    });
    let count = 0;
    try {
      for await (const image of this.#readArchive(opened, split, signal)) {
        throwIfAborted(signal);
        yield image;
        onProgress?.({ type: "image", count: ++count });
      }
      throwIfAborted(signal);
    } catch (error) {
      if (isSconesError(error) && UNUSABLE.has(error.code)) await opened.discard?.();
      throw error;
    }
  }

  #defaultArchive(): PublishedArchive {
    const dataset = this.#selection.dataset === "CIFAR-10" ? "cifar-10" : "cifar-100";
    return CIFAR_ARCHIVES[`${dataset}-${this.#options.format === "binary" ? "binary" : "python"}`];
  }

  async *#readArchive(
    opened: OpenedSource,
    split: "train" | "test" | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CifarImage<Label>> {
    const source = opened.name;
    const verify = this.#options.verify ?? opened.isPublished;
    // A download was checked as a whole when it came.
    const whole = verify && !opened.isPublished ? hashBytes(opened.chunks, source) : undefined;
    let layout: CifarLayout | undefined;
    for await (const member of readMembers({
      chunks: whole?.chunks ?? opened.chunks,
      source,
      sets: setsOf(split),
      signal,
    })) {
      layout ??= this.#chooseLayout(member.name, source);
      const { kind, md5 } = layout.members[member.name] ?? {};
      const hashed = verify && md5 !== undefined ? hashBytes(member.body, `"${member.name}" of ${source}`) : undefined;
      const body = hashed?.chunks ?? member.body;
      if (kind === "names") await checkLabelNames({ chunks: body, where: { source, member: member.name } });
      else yield* this.#readBatch({ name: member.name, body }, layout, source);
      if (hashed === undefined || md5 === undefined) continue;
      // What stands behind the data counts for the checksum too.
      while (!(await body.next()).done);
      hashed.requireMd5(md5);
    }
    // Binary archives have no published checksums of their members.
    if (layout?.encoding === "binary") whole?.requireMd5(layout.archive.md5);
  }

  async *#readBatch(member: ArchiveMember, layout: CifarLayout, source: string): AsyncGenerator<CifarImage<Label>> {
    const description = layout.members[member.name];
    if (description?.kind !== "batch") return;
    const { split, firstRow } = description;
    const where = { source, member: member.name };
    const batch = { chunks: member.body, where, selection: this.#selection, firstRow };
    const rows = layout.encoding === "binary" ? readBinaryBatch(batch) : readPythonBatch(batch);
    for await (const { row, labelId, filename, planes } of rows) {
      if (layout.dataset === "CIFAR-10" && row >= CIFAR_10_BATCH_ROWS) {
        throw archiveInvalid({ ...where, reason: `"${member.name}" has more than ${CIFAR_10_BATCH_ROWS} rows` });
      }
      const label = this.labels[labelId];
      if (label === undefined) continue;
      const rgb = interleavePlanes(planes);
      yield { filename, split, label, labelId, row: firstRow + row, width: CIFAR_SIDE, height: CIFAR_SIDE, rgb };
    }
  }

  #chooseLayout(member: string, source: string): CifarLayout {
    const layout = CIFAR_LAYOUTS.find(({ members }) => Object.hasOwn(members, member)) ?? CIFAR_LAYOUTS[0];
    if (layout === undefined) throw archiveInvalid({ source, reason: "it has no known member" });
    const { format } = this.#options;
    if (format !== "auto" && format !== layout.encoding) {
      throw archiveInvalid({
        source,
        reason: `it is in the ${layout.encoding} format, and the option format says "${format}"`,
      });
    }
    if (layout.dataset === this.#selection.dataset) return layout;
    const className = this.labels[0] ?? "";
    throw new ClassUnknownError({
      code: "CLASS_UNKNOWN",
      message: `The archive ${source} is ${layout.dataset}, which has no class "${className}". Choose from its classes, or use a ${this.#selection.dataset} archive.`,
      details: { className, suggestions: [] },
    });
  }
}

/** Failures that show that a cached file is of no use. */
const UNUSABLE: ReadonlySet<string> = new Set([
  "ARCHIVE_INVALID",
  "ARCHIVE_TRUNCATED",
  "CHECKSUM_MISMATCH",
  "PICKLE_INVALID",
  "PICKLE_UNSAFE",
]);
