/** An intrinsic function cannot work with its arguments. @internal */
export class IntrinsicError extends Error {
  /** Literal name of the error. */
  override get name(): string {
    return "IntrinsicError";
  }
}
