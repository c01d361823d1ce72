import type { WireResponse } from "../wire.js";
import { type BucketInfo, StoreFailure } from "./object-store.js";
import { readTextBody } from "./request-body.js";
import { emptyResponse, integerParameter, type S3Call, type S3Operation, xmlResponse } from "./s3-call.js";
import { invalidArgument, notImplemented, S3Error } from "./s3-error.js";
import { childText, parseXml } from "./xml-parser.js";

const MAX_BODY_BYTES = 16 * 1024;
/** The region whose buckets have no location constraint and where creating a bucket again is no error. */
const FIRST_REGION = "us-east-1";

/** CreateBucket. @internal */
export const createBucket: S3Operation = async (call) => {
  checkBucketName(call.bucket);
  if (call.header("x-amz-bucket-object-lock-enabled") === "true") throw notImplemented("object lock");
  const ownership = call.header("x-amz-object-ownership") ?? "BucketOwnerEnforced";
  if (ownership !== "BucketOwnerEnforced") throw notImplemented(`the object ownership ${ownership}`);
  const region = await readLocation(call);
  try {
    await call.store.createBucket(call.bucket, region);
  } catch (error) {
    const exists = error instanceof StoreFailure && error.reason === "bucket-exists";
    const isHarmless = region === FIRST_REGION && call.region === FIRST_REGION;
    if (!(exists && isHarmless)) throw error;
  }
  return emptyResponse(200, { location: `/${call.bucket}` });
};

/** HeadBucket. @internal */
export const headBucket: S3Operation = async (call) => {
  const { region } = await call.store.headBucket(call.bucket);
  return emptyResponse(200, { "x-amz-bucket-region": region, "x-amz-access-point-alias": "false" });
};

/** DeleteBucket. @internal */
export const deleteBucket: S3Operation = async (call) => {
  await call.store.deleteBucket(call.bucket);
  return emptyResponse(204);
};

/** GetBucketLocation. @internal */
export const getBucketLocation: S3Operation = async (call) => {
  const { region } = await call.store.headBucket(call.bucket);
  return xmlResponse("LocationConstraint", region === FIRST_REGION ? "" : region);
};

/** GetBucketVersioning: true to say, because no bucket here can be versioned. @internal */
export const getBucketVersioning: S3Operation = async (call): Promise<WireResponse> => {
  await call.store.headBucket(call.bucket);
  return xmlResponse("VersioningConfiguration", "");
};

/** ListBuckets. @internal */
export const listBuckets: S3Operation = async (call) => {
  const { query } = call.request;
  const limit = integerParameter(call, "max-buckets", { min: 1, max: 10_000 }, 10_000);
  const prefix = query.get("prefix") ?? "";
  const region = query.get("bucket-region");
  const token = query.get("continuation-token") ?? "";
  if (token !== "" && !/^[a-z0-9.-]+$/.test(token)) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  const matching = (await call.store.listBuckets()).filter(
    (bucket) =>
      bucket.name.startsWith(prefix) && bucket.name > token && (region === undefined || bucket.region === region),
  );
  const page = matching.slice(0, limit);
  return xmlResponse("ListAllMyBucketsResult", {
    Owner: { ID: call.accountId },
    Buckets: { Bucket: page.map(describeBucket) },
    ContinuationToken: matching.length > limit ? page.at(-1)?.name : undefined,
    Prefix: prefix === "" ? undefined : prefix,
  });
};

function describeBucket({ name, createdAt, region }: BucketInfo) {
  return { Name: name, CreationDate: new Date(createdAt).toISOString(), BucketRegion: region };
}

async function readLocation(call: S3Call): Promise<string> {
  const text = await readTextBody(call, MAX_BODY_BYTES);
  let constraint: string | undefined;
  if (text.trim() !== "") {
    const root = parseXml(text, "CreateBucketConfiguration");
    for (const { name } of root.children) {
      if (name !== "LocationConstraint") throw notImplemented(`${name} in CreateBucket`);
    }
    constraint = childText(root, "LocationConstraint");
  }
  if (constraint === undefined || constraint === "") {
    if (call.region !== FIRST_REGION) throw illegalLocation("unspecified");
    return FIRST_REGION;
  }
  if (constraint === FIRST_REGION || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(constraint)) {
    throw new S3Error(400, "InvalidLocationConstraint", "The specified location-constraint is not valid", {
      LocationConstraint: constraint,
    });
  }
  if (call.region !== FIRST_REGION && constraint !== call.region) throw illegalLocation(constraint);
  return constraint;
}

function illegalLocation(constraint: string): S3Error {
  return new S3Error(
    400,
    "IllegalLocationConstraintException",
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

/** The rules for names of general purpose buckets in the S3 user guide. */
function checkBucketName(name: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..");
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(name);
  const reserved = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  if (!wellFormed || isAddress || reserved) {
    throw new S3Error(400, "InvalidBucketName", "The specified bucket is not valid.", { BucketName: name });
  }
}
