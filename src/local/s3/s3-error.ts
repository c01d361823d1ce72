/** An error answer of S3, thrown by an operation and written as XML by the service. @internal */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;
  /** Further elements of the error document. */
  readonly elements: Readonly<Record<string, string>>;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    elements: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.elements = elements;
    this.headers = headers;
  }

  override get name(): string {
    return "S3Error";
  }
}

/**
 * Makes the answer for what the local S3 does not have.
 *
 * @param what - The feature, header or subresource.
 * @returns A 501.
 * @internal
 */
export function notImplemented(what: string): S3Error {
  return new S3Error(501, "NotImplemented", `The local S3 does not implement ${what}.`);
}

/**
 * Makes the answer for a request that contradicts itself or the rules.
 *
 * @param message - What is wrong.
 * @returns A 400.
 * @internal
 */
export function invalidRequest(message: string): S3Error {
  return new S3Error(400, "InvalidRequest", message);
}

/**
 * Makes the answer for an argument with a bad value.
 *
 * @param message - What is wrong.
 * @param name - The argument.
 * @param value - Its value.
 * @returns A 400.
 * @internal
 */
export function invalidArgument(message: string, name: string, value: string): S3Error {
  return new S3Error(400, "InvalidArgument", message, { ArgumentName: name, ArgumentValue: value });
}

/**
 * Makes the answer for an XML body that cannot be read.
 *
 * @returns A 400.
 * @internal
 */
export function malformedXml(): S3Error {
  return new S3Error(
    400,
    "MalformedXML",
    "The XML of the request is not well-formed or does not have the expected elements.",
  );
}
