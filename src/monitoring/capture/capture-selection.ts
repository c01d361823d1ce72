import type { CaptureFile } from "./capture-file.js";
import type { SkippedCapture } from "./skipped-capture.js";

/** Which captures are wanted. @internal */
export interface SelectionOptions {
  /** Leaves out what was captured before. */
  readonly from?: Date | undefined;
  /** Leaves out what was captured at this time or later. */
  readonly to?: Date | undefined;
  /** Leaves out other endpoints. */
  readonly endpointName?: readonly string[] | undefined;
  /** Leaves out other variants. */
  readonly variantName?: readonly string[] | undefined;
  /** Is told what is left out for another reason. */
  readonly onSkip?: ((skipped: SkippedCapture) => void) | undefined;
}

/** A file is named after the hour of its first record and spans at most a minute; twice that is safe. */
const LONGEST_FILE_MS = 120_000;
const SECOND_MS = 1000;

/** Decides by their names which files are read. @internal */
export class CaptureSelection {
  readonly #options: SelectionOptions;

  /** @param options - See {@link SelectionOptions}. */
  constructor(options: SelectionOptions) {
    this.#options = options;
  }

  /** Whether an endpoint and a variant are wanted; a name that is not known is wanted where any is. */
  isNamed(endpoint: string | undefined, variant: string | undefined): boolean {
    const { endpointName, variantName } = this.#options;
    const isOf = (names: readonly string[] | undefined, name: string | undefined) =>
      names === undefined || (name !== undefined && names.includes(name));
    return isOf(endpointName, endpoint) && isOf(variantName, variant);
  }

  /** Whether a file may hold what is wanted; foreign files, and those that cannot be told, are reported. */
  accepts({ location, key, isCapture }: CaptureFile): boolean {
    const { from, to, onSkip } = this.#options;
    if (!isCapture) {
      onSkip?.({ reason: "foreign-file", file: location });
      return false;
    }
    if (key === undefined) {
      if (this.isNamed(undefined, undefined)) return true;
      onSkip?.({ reason: "unknown-endpoint", file: location });
      return false;
    }
    const time = key.time.getTime();
    return (
      this.isNamed(key.endpointName, key.variantName) &&
      (from === undefined || time + LONGEST_FILE_MS >= from.getTime()) &&
      (to === undefined || Math.floor(time / SECOND_MS) * SECOND_MS < to.getTime())
    );
  }
}
