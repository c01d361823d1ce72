/** What was left out, and why. */
export interface SkippedCapture {
  /**
   * `foreign-file`: it is not named as capture files are; `unknown-endpoint`: its key no longer tells the endpoint or
   * variant that was asked for; `malformed`: the line is no capture, or the file ends in the middle of its packing;
   * `duplicate`: its event was read already.
   */
  readonly reason: "foreign-file" | "unknown-endpoint" | "malformed" | "duplicate";
  /** Location of the file. */
  readonly file: string;
  /** Number of the line, from 1; absent for a whole file. */
  readonly line?: number;
  /** What is wrong with a malformed line. */
  readonly message?: string;
}
