import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import { escapeWildcards, type Grant, type PolicyDocument, toPolicyDocument } from "./policy-document.js";

/** Where the roles' resources are. */
export interface RolePolicyPlace {
  /** Partition. @defaultValue `aws` */
  readonly partition?: string;
  /** Region, such as `us-east-1`. */
  readonly region: string;
  /** Account of 12 digits. */
  readonly accountId: string;
}

/** Options of {@link buildHandlerPolicies}. */
export interface HandlerPoliciesOptions extends RolePolicyPlace {
  /** Where the images are, as an S3 URI that ends in `/` or names a bucket alone. */
  readonly images: string;
  /** Endpoint that the classify function asks. */
  readonly endpointName: string;
  /** Names of the three functions; each may write to the log group of its own. */
  readonly functions: {
    /** The one that reads images. */
    readonly serialize: string;
    /** The one that asks the endpoint. */
    readonly classify: string;
    /** The one that lets only sure answers pass. */
    readonly filter: string;
  };
}

/** Policies of the three functions' roles. */
export interface HandlerPolicies {
  /** Reads the images and writes its log. */
  readonly serialize: PolicyDocument;
  /** Asks the endpoint, reads images that were too large to be passed on, and writes its log. */
  readonly classify: PolicyDocument;
  /** Writes its log. */
  readonly filter: PolicyDocument;
}

/** Options of {@link buildTrainingRolePolicy}. */
export interface TrainingRolePolicyOptions extends RolePolicyPlace {
  /** Where the data set is, as S3 URIs. */
  readonly data: readonly string[];
  /** Where the model goes, as an S3 URI. */
  readonly output: string;
  /** ARNs of the ECR repositories that the training image comes from. */
  readonly imageRepositories: readonly string[];
}

const placeFields = {
  partition: z
    .string()
    .regex(/^aws[a-z-]*$/, "must be a partition, such as aws-cn")
    .default("aws"),
  region: z.string().regex(/^[a-z]{2}[a-z-]*-\d$/, "must be a region, such as us-east-1"),
  accountId: z.string().regex(/^\d{12}$/, "must be an account of 12 digits"),
};
const uriSchema = z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/.*)?$/, "must be an S3 URI");
const nameSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be a name of letters, digits, _ and -");

const HandlerOptionsSchema = z.strictObject({
  ...placeFields,
  images: uriSchema,
  endpointName: z.string().regex(/^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$/, "must be the name of an endpoint"),
  functions: z.strictObject({ serialize: nameSchema, classify: nameSchema, filter: nameSchema }).readonly(),
});

const TrainingOptionsSchema = z.strictObject({
  ...placeFields,
  data: z.array(uriSchema).min(1).readonly(),
  output: uriSchema,
  imageRepositories: z
    .array(
      z
        .string()
        .regex(/^arn:aws[a-z-]*:ecr:[a-z0-9-]+:\d{12}:repository\/\S+$/, "must be the ARN of an ECR repository"),
    )
    .min(1)
    .readonly(),
});

type Place = z.output<z.ZodObject<typeof placeFields>>;

/**
 * Builds the policies of the three Lambda functions: S3 is read, the endpoint is asked, logs are written, nothing
 * else. Their log groups have to exist. Calls nothing.
 *
 * @param options - See {@link HandlerPoliciesOptions}.
 * @returns One policy for each function's role.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { buildHandlerPolicies } from "scones-ml/workflow";
 *
 * const policies = buildHandlerPolicies({
 *   region: "us-east-1",
 *   accountId: "123456789012",
 *   images: "s3://scones/test/",
 *   endpointName: "scones",
 *   functions: { serialize: "scones-serialize", classify: "scones-classify", filter: "scones-filter" },
 * });
 * console.log(JSON.stringify(policies.classify, undefined, 2));
 * ```
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function buildHandlerPolicies(options: HandlerPoliciesOptions): HandlerPolicies {
  const { images, endpointName, functions, ...place } = parseOptions(
    "buildHandlerPolicies",
    HandlerOptionsSchema,
    options,
  );
  const log = (name: string) => arn(place, "logs", `log-group:/aws/lambda/${name}:*`);
  return describeHandlerPolicies({
    images: objectsArn(place, images),
    // Names are in lower case in SageMaker's ARNs.
    endpoint: arn(place, "sagemaker", `endpoint/${endpointName.toLowerCase()}`),
    logs: { serialize: log(functions.serialize), classify: log(functions.classify), filter: log(functions.filter) },
  });
}

/** ARNs of what the three functions work with. @internal */
export interface HandlerResources {
  readonly images: string;
  readonly endpoint: string;
  readonly logs: { readonly serialize: string; readonly classify: string; readonly filter: string };
}

/** Writes the policies of the three functions. @internal */
export function describeHandlerPolicies({ images, endpoint, logs }: HandlerResources): HandlerPolicies {
  const read: Grant = { actions: ["s3:GetObject"], resources: [images] };
  const ask: Grant = { actions: ["sagemaker:InvokeEndpoint"], resources: [endpoint] };
  const log = (group: string): Grant => ({
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [group],
  });
  return {
    serialize: toPolicyDocument([read, log(logs.serialize)]),
    classify: toPolicyDocument([read, ask, log(logs.classify)]),
    filter: toPolicyDocument([log(logs.filter)]),
  };
}

/**
 * Builds the policy of the role that a training job takes: the data set is read, the model is written, the image is
 * pulled, logs and metrics are written. Calls nothing.
 *
 * @param options - See {@link TrainingRolePolicyOptions}.
 * @returns The policy.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
 */
export function buildTrainingRolePolicy(options: TrainingRolePolicyOptions): PolicyDocument {
  const { data, output, imageRepositories, ...place } = parseOptions(
    "buildTrainingRolePolicy",
    TrainingOptionsSchema,
    options,
  );
  const lists = data.map((uri): Grant => {
    const { bucket, key } = parseS3Uri(uri);
    const resources = [`arn:${place.partition}:s3:::${bucket}`];
    const condition = { StringLike: { "s3:prefix": `${escapeWildcards(key)}*` } };
    return { actions: ["s3:ListBucket"], resources, ...(key === "" ? {} : { condition }) };
  });
  return toPolicyDocument([
    ...lists,
    { actions: ["s3:GetObject"], resources: data.map((uri) => objectsArn(place, uri)) },
    { actions: ["s3:AbortMultipartUpload", "s3:PutObject"], resources: [objectsArn(place, output)] },
    {
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: imageRepositories,
    },
    {
      actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [arn(place, "logs", "log-group:/aws/sagemaker/TrainingJobs*")],
    },
    // Neither knows resources.
    { actions: ["cloudwatch:PutMetricData", "ecr:GetAuthorizationToken"], resources: ["*"] },
  ]);
}

function arn({ partition, region, accountId }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

function objectsArn({ partition }: Place, uri: string): string {
  const { bucket, key } = parseS3Uri(uri);
  return `arn:${partition}:s3:::${bucket}/${escapeWildcards(key)}*`;
}
