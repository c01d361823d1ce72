import * as s3 from "@aws-sdk/client-s3";
import * as sagemaker from "@aws-sdk/client-sagemaker";
import * as sagemakerRuntime from "@aws-sdk/client-sagemaker-runtime";
import * as sfn from "@aws-sdk/client-sfn";
import { requestShapes as sageMakerShapes } from "../../sagemaker/request-shapes.js";
import { requestShapes as statesShapes } from "../service/request-shapes.js";

/** Clients through which tasks call the other services of the local AWS. @internal */
export interface SdkClients {
  readonly s3: s3.S3Client;
  readonly sagemaker: sagemaker.SageMakerClient;
  readonly sagemakerRuntime: sagemakerRuntime.SageMakerRuntimeClient;
  readonly sfn: sfn.SFNClient;
}

/** A service that tasks can call through its SDK client. @internal */
export interface SdkService {
  /** What `aws-sdk:` resources call it. */
  readonly id: string;
  /** First part of the names of its errors; the second part too where an error is none of its service model. */
  readonly errorPrefix: string;
  /** Its operations, in PascalCase. */
  readonly operations: ReadonlySet<string>;
  /** Commands and exceptions of its client package, by name. */
  readonly exports: Readonly<Record<string, unknown>>;
  readonly client: keyof SdkClients;
  /** Set where the API writes its members in camelCase, which Step Functions writes in PascalCase. */
  readonly camelCase?: true;
  /** Members that carry bytes, which a task can only give as JSON. */
  readonly blobs: readonly string[];
  /** Members that carry JSON text, which a task may give as JSON. */
  readonly jsonTexts: readonly string[];
}

/** Operations of the local S3 that a task can use. */
const S3_OPERATIONS: readonly string[] = [
  "AbortMultipartUpload",
  "CompleteMultipartUpload",
  "CopyObject",
  "CreateBucket",
  "CreateMultipartUpload",
  "DeleteBucket",
  "DeleteObject",
  "DeleteObjects",
  "GetBucketLocation",
  "GetBucketVersioning",
  "GetObject",
  "HeadBucket",
  "HeadObject",
  "ListBuckets",
  "ListObjects",
  "ListObjectsV2",
  "ListParts",
  "PutObject",
  "UploadPart",
  "UploadPartCopy",
];

/** Operations that would keep a task waiting for workers or for itself; AWS has no integration for the first. */
const NOT_FOR_TASKS: readonly string[] = ["GetActivityTask"];

const statesOperations = Object.keys(statesShapes).filter((name) => !NOT_FOR_TASKS.includes(name));

/** The services, each with the operations that the local AWS has. @internal */
export const sdkServices: readonly SdkService[] = [
  {
    id: "s3",
    errorPrefix: "S3",
    operations: new Set(S3_OPERATIONS),
    exports: s3,
    client: "s3",
    blobs: ["Body"],
    jsonTexts: [],
  },
  {
    id: "sagemaker",
    errorPrefix: "SageMaker",
    operations: new Set(Object.keys(sageMakerShapes)),
    exports: sagemaker,
    client: "sagemaker",
    blobs: [],
    jsonTexts: [],
  },
  {
    id: "sagemakerruntime",
    errorPrefix: "SageMakerRuntime",
    operations: new Set(["InvokeEndpoint"]),
    exports: sagemakerRuntime,
    client: "sagemakerRuntime",
    blobs: ["Body"],
    jsonTexts: [],
  },
  {
    id: "sfn",
    errorPrefix: "Sfn",
    operations: new Set(statesOperations),
    exports: sfn,
    client: "sfn",
    camelCase: true,
    blobs: [],
    jsonTexts: ["Definition", "Input", "Output"],
  },
];
