import type { WireRequest } from "../wire.js";
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from "./buckets.js";
import { copyObject } from "./copy-object.js";
import { deleteObject, deleteObjects } from "./delete-objects.js";
import { getObject, headObject, RESPONSE_OVERRIDES } from "./get-object.js";
import { listObjects, listObjectsV2 } from "./list-objects.js";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listParts,
  uploadPart,
  uploadPartCopy,
} from "./multipart-upload.js";
import { hoistPresigned } from "./presigned.js";
import { putObject } from "./put-object.js";
import { parseS3Address, type S3Address } from "./s3-address.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { notImplemented, S3Error } from "./s3-error.js";

/** How a request is recognised as one operation. */
interface Route {
  /** Name of the operation in the service model. */
  readonly name: string;
  readonly level: "service" | "bucket" | "object";
  readonly method: string;
  /** Query parameters that must be there. */
  readonly needs?: readonly string[];
  /** A header that must be there. */
  readonly header?: string;
  /** Further query parameters that it understands; any other is a subresource that we do not have. */
  readonly allows?: readonly string[];
  readonly operation: S3Operation;
}

const LISTING = ["prefix", "delimiter", "max-keys", "encoding-type"];

/** The first route that fits answers; the more particular ones come first. */
const ROUTES: readonly Route[] = [
  {
    level: "service",
    method: "GET",
    allows: ["prefix", "max-buckets", "continuation-token", "bucket-region"],
    name: "ListBuckets",
    operation: listBuckets,
  },
  { level: "bucket", method: "PUT", name: "CreateBucket", operation: createBucket },
  { level: "bucket", method: "HEAD", name: "HeadBucket", operation: headBucket },
  { level: "bucket", method: "DELETE", name: "DeleteBucket", operation: deleteBucket },
  { level: "bucket", method: "POST", needs: ["delete"], name: "DeleteObjects", operation: deleteObjects },
  { level: "bucket", method: "GET", needs: ["location"], name: "GetBucketLocation", operation: getBucketLocation },
  {
    level: "bucket",
    method: "GET",
    needs: ["versioning"],
    name: "GetBucketVersioning",
    operation: getBucketVersioning,
  },
  {
    level: "bucket",
    method: "GET",
    needs: ["list-type"],
    allows: [...LISTING, "start-after", "continuation-token", "fetch-owner"],
    name: "ListObjectsV2",
    operation: listObjectsV2,
  },
  { level: "bucket", method: "GET", allows: [...LISTING, "marker"], name: "ListObjects", operation: listObjects },
  {
    level: "object",
    method: "POST",
    needs: ["uploads"],
    name: "CreateMultipartUpload",
    operation: createMultipartUpload,
  },
  {
    level: "object",
    method: "POST",
    needs: ["uploadId"],
    name: "CompleteMultipartUpload",
    operation: completeMultipartUpload,
  },
  {
    level: "object",
    method: "DELETE",
    needs: ["uploadId"],
    name: "AbortMultipartUpload",
    operation: abortMultipartUpload,
  },
  {
    level: "object",
    method: "GET",
    needs: ["uploadId"],
    allows: ["max-parts", "part-number-marker"],
    name: "ListParts",
    operation: listParts,
  },
  {
    level: "object",
    method: "PUT",
    needs: ["partNumber", "uploadId"],
    header: "x-amz-copy-source",
    name: "UploadPartCopy",
    operation: uploadPartCopy,
  },
  { level: "object", method: "PUT", needs: ["partNumber", "uploadId"], name: "UploadPart", operation: uploadPart },
  { level: "object", method: "PUT", header: "x-amz-copy-source", name: "CopyObject", operation: copyObject },
  { level: "object", method: "PUT", name: "PutObject", operation: putObject },
  { level: "object", method: "DELETE", name: "DeleteObject", operation: deleteObject },
  { level: "object", method: "GET", allows: RESPONSE_OVERRIDES, name: "GetObject", operation: getObject },
  { level: "object", method: "HEAD", allows: RESPONSE_OVERRIDES, name: "HeadObject", operation: headObject },
];

/** Query parameters that say nothing about the operation. */
const NEUTRAL = /^(x-id|x-amz-.*|AWSAccessKeyId|Signature|Expires|content-type|content-md5)$/i;

/**
 * Finds the operation that a request asks for.
 *
 * @param call - The request.
 * @returns The operation.
 * @throws {@link S3Error} `NotImplemented` for a subresource or parameter that the local S3 does not have, `MethodNotAllowed` for a
 * method that nothing has.
 * @internal
 */
export function findOperation(call: S3Call): S3Operation {
  const { method } = call.request;
  const level = levelOf(call);
  const route = findRoute(call.request, level);
  if (route !== undefined) return route.operation;
  const [unknown] = parametersOf(call.request);
  if (unknown !== undefined) throw notImplemented(`${method} with the query parameter "${unknown}"`);
  if (method === "POST") throw notImplemented("POST without a query parameter");
  throw new S3Error(
    405,
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
    { Method: method, ResourceType: level.toUpperCase() },
    {
      allow: ROUTES.filter((route) => route.level === level)
        .map((route) => route.method)
        .filter((name, at, all) => all.indexOf(name) === at)
        .join(", "),
    },
  );
}

/** Names of the operations that the local S3 has. @internal */
export const s3OperationNames: readonly string[] = ROUTES.map(({ name }) => name);

/**
 * Names the operation that a request asks for.
 *
 * @param sent - The request.
 * @returns Its name in the service model; `undefined` where no operation would answer.
 * @internal
 */
export function nameS3Operation(sent: WireRequest): string | undefined {
  try {
    return findRoute(hoistPresigned(sent), levelOf(parseS3Address(sent)))?.name;
  } catch (error) {
    if (error instanceof S3Error) return undefined;
    throw error;
  }
}

function findRoute(request: WireRequest, level: Route["level"]): Route | undefined {
  const parameters = parametersOf(request);
  return ROUTES.find(({ needs = [], allows = [], ...route }) => {
    if (route.level !== level || route.method !== request.method) return false;
    if (route.header !== undefined && request.headers[route.header] === undefined) return false;
    if (!needs.every((name) => parameters.includes(name))) return false;
    return parameters.every((name) => needs.includes(name) || allows.includes(name));
  });
}

function levelOf({ bucket, key }: S3Address): Route["level"] {
  if (key !== "") return "object";
  return bucket === "" ? "service" : "bucket";
}

function parametersOf({ query }: WireRequest): readonly string[] {
  return [...query.keys()].filter((name) => !NEUTRAL.test(name));
}
