import { SconesError } from "../core/errors.js";

/** A file in the `directory` of the local AWS is damaged, or none of its own. */
export class LocalDirectoryError extends SconesError<"LOCAL_DIRECTORY_DAMAGED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "LocalDirectoryError";
  }
}

/**
 * Makes the error for a file that cannot be what it should be.
 *
 * @param path - The file.
 * @param what - What it should be.
 * @param cause - Why it is not.
 * @returns The error, to be thrown.
 * @internal
 */
export function damagedFile(path: string, what: string, cause?: unknown): LocalDirectoryError {
  return new LocalDirectoryError({
    code: "LOCAL_DIRECTORY_DAMAGED",
    message: `${path} is not ${what} of the local AWS. Move it away, which forgets what it held, or use another directory.`,
    details: { path },
    cause,
  });
}
