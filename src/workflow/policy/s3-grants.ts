import { isObject } from "../checks/visit.js";
import { escapeWildcards } from "./policy-document.js";
import type { PolicyScope } from "./policy-scope.js";

/** Actions that S3 calls are allowed by; those that are not here carry their own name. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  HeadObject: ["s3:GetObject"],
  DeleteObjects: ["s3:DeleteObject"],
  CreateMultipartUpload: ["s3:PutObject"],
  UploadPart: ["s3:PutObject"],
  CompleteMultipartUpload: ["s3:PutObject"],
  ListObjects: ["s3:ListBucket"],
  ListObjectsV2: ["s3:ListBucket"],
  HeadBucket: ["s3:ListBucket"],
  GetObject: ["s3:GetObject"],
  PutObject: ["s3:PutObject"],
  DeleteObject: ["s3:DeleteObject"],
};

/**
 * What a call of S3 takes.
 *
 * @param scope - The state.
 * @param call - The call, such as `GetObject`.
 * @param parameters - What it is called with.
 * @returns Whether the call is known.
 * @internal
 */
export function grantS3(scope: PolicyScope, call: string, parameters: unknown): boolean {
  const actions = Object.hasOwn(ACTIONS, call) ? ACTIONS[call] : undefined;
  if (actions === undefined) return false;
  if (actions.includes("s3:ListBucket")) grantList(scope, parameters);
  else scope.allow(actions, objectArns(scope, parameters, call === "DeleteObjects" ? undefined : "Key"));
  return true;
}

/** What writing the results of a distributed map takes. @internal */
export function grantResultWriter(scope: PolicyScope, parameters: unknown): void {
  const actions = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"];
  scope.allow(actions, objectArns(scope, parameters, "Prefix", "/*"));
}

function objectArns(
  scope: PolicyScope,
  parameters: unknown,
  field: string | undefined,
  ending = "",
): readonly string[] {
  const given = scope.given("s3").filter((arn) => arn.includes("/"));
  if (given.length > 0) return given;
  const bucket = scope.read(parameters, "Bucket", '"arn:aws:s3:::bucket/key"');
  const key = field === undefined ? "*" : scope.read(parameters, field, '"arn:aws:s3:::bucket/key"');
  if (bucket === undefined || key === undefined) return [];
  const path = field === undefined ? key : `${escapeWildcards(key.replace(/\/$/, ending === "" ? "/" : ""))}${ending}`;
  return [bucketArn(scope, bucket, `/${path}`)];
}

function grantList(scope: PolicyScope, parameters: unknown): void {
  const given = scope.given("s3").filter((arn) => !arn.includes("/"));
  const isOpen = isObject(parameters) && parameters["Prefix"] === undefined && parameters["Prefix.$"] === undefined;
  const bucket = given.length > 0 ? undefined : scope.read(parameters, "Bucket", '"arn:aws:s3:::bucket"');
  const buckets = bucket === undefined ? given : [bucketArn(scope, bucket)];
  const prefix =
    isOpen || given.length > 0
      ? undefined
      : scope.read(parameters, "Prefix", '"arn:aws:s3:::bucket" of which all may be listed');
  if (prefix === undefined && !isOpen && given.length === 0) return;
  const condition = prefix === undefined ? undefined : { StringLike: { "s3:prefix": `${escapeWildcards(prefix)}*` } };
  scope.allow(["s3:ListBucket"], buckets, condition);
}

function bucketArn(scope: PolicyScope, bucket: string, path = ""): string {
  return `arn:${scope.place.partition}:s3:::${bucket}${path}`;
}
