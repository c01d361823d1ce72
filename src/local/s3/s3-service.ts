import { randomBytes } from "node:crypto";
import type { WireRequest, WireResponse, WireService } from "../wire.js";
import { refuseUnknownHeaders } from "./object-headers.js";
import { type ObjectStore, StoreFailure } from "./object-store.js";
import { checkPresigned, hoistPresigned } from "./presigned.js";
import { parseS3Address } from "./s3-address.js";
import type { S3Call } from "./s3-call.js";
import { S3Error } from "./s3-error.js";
import { findOperation } from "./s3-operations.js";
import { formatErrorXml } from "./xml.js";

/** What a local S3 is made of. @internal */
export interface S3ServiceOptions {
  readonly store: ObjectStore;
  /** The region that buckets are created in. */
  readonly region: string;
  /** The account that owns every bucket. */
  readonly accountId: string;
  /** The clock. */
  readonly now: () => Date;
}

/**
 * Makes a local S3. Signatures are not checked; everything else answers as S3 does or with `NotImplemented`.
 *
 * @param options - See {@link S3ServiceOptions}.
 * @returns The service.
 * @internal
 */
export function createS3Service(options: S3ServiceOptions): WireService {
  return async (request) => {
    const ids = {
      "x-amz-request-id": randomBytes(8).toString("hex").toUpperCase(),
      "x-amz-id-2": randomBytes(24).toString("base64"),
    };
    const answer = await answerRequest(options, request, ids);
    const isHead = request.method === "HEAD";
    return {
      status: answer.status,
      headers: { ...answer.headers, ...ids },
      body: isHead ? new Uint8Array(0) : answer.body,
    };
  };
}

async function answerRequest(
  options: S3ServiceOptions,
  sent: WireRequest,
  ids: Readonly<Record<string, string>>,
): Promise<WireResponse> {
  try {
    const address = parseS3Address(sent);
    const request = hoistPresigned(sent);
    checkPresigned(request, options.now().getTime());
    refuseUnknownHeaders(request.headers);
    const call: S3Call = { ...options, ...address, request, header: (name) => request.headers[name] };
    const operation = findOperation(call);
    const owner = call.header("x-amz-expected-bucket-owner");
    if (owner !== undefined && owner !== options.accountId) throw new S3Error(403, "AccessDenied", "Access Denied");
    return await operation(call);
  } catch (error) {
    const answer = toS3Error(error);
    if (answer === undefined) throw error;
    const headers = { "content-type": "application/xml", ...answer.headers };
    const body = formatErrorXml({
      Code: answer.code,
      Message: answer.message,
      ...answer.elements,
      Resource: sent.path,
      RequestId: ids["x-amz-request-id"] ?? "",
      HostId: ids["x-amz-id-2"] ?? "",
    });
    return { status: answer.status, headers, body };
  }
}

function toS3Error(error: unknown): S3Error | undefined {
  if (error instanceof S3Error) return error;
  if (!(error instanceof StoreFailure)) return undefined;
  const { subject } = error;
  switch (error.reason) {
    case "no-bucket":
      return new S3Error(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: subject });
    case "no-key":
      return new S3Error(404, "NoSuchKey", "The specified key does not exist.", { Key: subject });
    case "no-upload":
      return new S3Error(
        404,
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
        { UploadId: subject },
      );
    case "no-part":
      return new S3Error(400, "InvalidPart", "One or more of the specified parts could not be found.", {
        PartNumber: subject,
      });
    case "bucket-not-empty":
      return new S3Error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty", { BucketName: subject });
    case "bucket-exists":
      return new S3Error(
        409,
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        { BucketName: subject },
      );
  }
}
