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
import { putObject } from "./put-object.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { notImplemented, S3Error } from "./s3-error.js";

/** How a request is recognised as one operation. */
interface Route {
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
    operation: listBuckets,
  },
  { level: "bucket", method: "PUT", operation: createBucket },
  { level: "bucket", method: "HEAD", operation: headBucket },
  { level: "bucket", method: "DELETE", operation: deleteBucket },
  { level: "bucket", method: "POST", needs: ["delete"], operation: deleteObjects },
  { level: "bucket", method: "GET", needs: ["location"], operation: getBucketLocation },
  { level: "bucket", method: "GET", needs: ["versioning"], operation: getBucketVersioning },
  {
    level: "bucket",
    method: "GET",
    needs: ["list-type"],
    allows: [...LISTING, "start-after", "continuation-token", "fetch-owner"],
    operation: listObjectsV2,
  },
  { level: "bucket", method: "GET", allows: [...LISTING, "marker"], operation: listObjects },
  { level: "object", method: "POST", needs: ["uploads"], operation: createMultipartUpload },
  { level: "object", method: "POST", needs: ["uploadId"], operation: completeMultipartUpload },
  { level: "object", method: "DELETE", needs: ["uploadId"], operation: abortMultipartUpload },
  {
    level: "object",
    method: "GET",
    needs: ["uploadId"],
    allows: ["max-parts", "part-number-marker"],
    operation: listParts,
  },
  {
    level: "object",
    method: "PUT",
    needs: ["partNumber", "uploadId"],
    header: "x-amz-copy-source",
    operation: uploadPartCopy,
  },
  { level: "object", method: "PUT", needs: ["partNumber", "uploadId"], operation: uploadPart },
  { level: "object", method: "PUT", header: "x-amz-copy-source", operation: copyObject },
  { level: "object", method: "PUT", operation: putObject },
  { level: "object", method: "DELETE", operation: deleteObject },
  { level: "object", method: "GET", allows: RESPONSE_OVERRIDES, operation: getObject },
  { level: "object", method: "HEAD", allows: RESPONSE_OVERRIDES, operation: headObject },
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
  const level = call.key !== "" ? "object" : call.bucket !== "" ? "bucket" : "service";
  const { method } = call.request;
  const parameters = [...call.request.query.keys()].filter((name) => !NEUTRAL.test(name));
  for (const route of ROUTES) {
    if (route.level !== level || route.method !== method) continue;
    const { needs = [], allows = [], header } = route;
    if (header !== undefined && call.header(header) === undefined) continue;
    if (!needs.every((name) => parameters.includes(name))) continue;
    if (parameters.every((name) => needs.includes(name) || allows.includes(name))) return route.operation;
  }
  const [unknown] = parameters;
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
