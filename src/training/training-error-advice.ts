import { describeInstance } from "./training-instances.js";

/** What stands in the way of a training job. */
export type TrainingTrouble =
  | "access"
  | "capacity"
  | "credentials"
  | "name"
  | "quota"
  | "region"
  | "throttling"
  | "unavailable";

/** What to do about an error of AWS, or about the reason why a job failed. */
export interface TrainingErrorAdvice {
  /** What stands in the way. */
  readonly trouble: TrainingTrouble;
  /** What that means for the job. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
  /** Whether the same job may well succeed later, with nothing changed. */
  readonly canRetry: boolean;
}

/** What the advice is about. */
export interface AdvisedJob {
  /** Kind of machine of the job. @defaultValue `"ml.p3.2xlarge"` */
  readonly instanceType?: string;
  /** Whether it is a spot job, which has quotas of its own. @defaultValue `false` */
  readonly isSpot?: boolean;
}

/** Error names of AWS's services and of the SDK's credential providers. */
const NAMES: readonly (readonly [TrainingTrouble, RegExp])[] = [
  [
    "credentials",
    /^(ExpiredToken|RequestExpired|InvalidToken|InvalidClientTokenId|InvalidAccessKeyId|InvalidSignature|IncompleteSignature|SignatureDoesNotMatch|MissingAuthenticationToken|UnrecognizedClient|AuthFailure|CredentialsProvider|TokenProvider)/,
  ],
  ["access", /^(AccessDenied|Forbidden|Unauthorized|NotAuthorized)|^403$/],
  ["quota", /^(ResourceLimitExceeded|ServiceQuotaExceeded|LimitExceeded)/],
  ["capacity", /Capacity/],
  ["name", /^ResourceInUse/],
  ["throttling", /Throttl|TooManyRequests|RequestLimitExceeded|^SlowDown/],
  ["unavailable", /^(Internal|ServiceUnavailable|RequestTimeout)|^TimeoutError$/],
];

/** The same in the text of a FailureReason, or in a message whose name says less. */
const TEXTS: readonly (readonly [TrainingTrouble, RegExp])[] = [
  ["capacity", /CapacityError|Insufficient\w*Capacity|Unable to provision requested ML compute capacity/i],
  ["quota", /ResourceLimitExceeded|account-level service limit/i],
  ["credentials", /security token .*(expired|invalid)|ExpiredToken/i],
  ["access", /AccessDenied|Access denied|is not authorized to perform|status code: 403/i],
  ["unavailable", /^InternalServerError/i],
];

/**
 * Tells what stands in the way of a training job, from an error of AWS or from the reason why a job failed.
 *
 * @param error - What a call threw, or the text of a FailureReason.
 * @returns The trouble; `undefined` when it is none of those known.
 * @internal
 */
export function findTrouble(error: unknown): TrainingTrouble | undefined {
  if (typeof error === "string") return TEXTS.find(([, pattern]) => pattern.test(error))?.[0];
  if (!(error instanceof Error)) return undefined;
  const reason = readFailureReason(error);
  if (reason !== undefined) return findTrouble(reason);
  if (/is not available in this region/i.test(error.message)) return "region";
  const named = NAMES.find(([, pattern]) => pattern.test(error.name))?.[0];
  if (named !== undefined) return named;
  const status = readStatus(error);
  if (status === 403) return "access";
  if (status === 429) return "throttling";
  if (status !== undefined && status >= 500) return "unavailable";
  return isServiceException(error) ? findTrouble(error.message) : undefined;
}

/**
 * Says what to do about an error that a training job met: a refusal of AWS when it was started, or a job that failed.
 * The error itself always arrives as AWS gave it; this explains it.
 *
 * @param error - What was thrown, or the text of a FailureReason.
 * @param job - See {@link AdvisedJob}.
 * @returns The advice; `undefined` for an error that says enough itself.
 *
 * @example
 * ```ts
 * import { adviseOnTrainingError } from "scones-ml/training";
 *
 * const advice = adviseOnTrainingError("CapacityError: Unable to provision requested ML compute capacity.", {
 *   instanceType: "ml.p3.2xlarge",
 * });
 * console.log(advice?.canRetry, advice?.remedy);
 * ```
 */
export function adviseOnTrainingError(error: unknown, job: AdvisedJob = {}): TrainingErrorAdvice | undefined {
  const trouble = findTrouble(error);
  if (trouble === undefined) return undefined;
  const message = typeof error === "string" ? error : ((error as Error).message ?? "");
  return { trouble, ...ADVICE[trouble]({ instanceType: "ml.p3.2xlarge", isSpot: false, ...job }, message) };
}

type Advise = (job: Required<AdvisedJob>, text: string) => Omit<TrainingErrorAdvice, "trouble">;

const ADVICE: Readonly<Record<TrainingTrouble, Advise>> = {
  quota: ({ instanceType, isSpot }, text) => {
    const name = /service limit '([^']{1,120})'/.exec(text)?.[1];
    const quota = name ?? `${instanceType} for ${isSpot ? "spot " : ""}training job usage`;
    // Only signals of its end are known, no notice of AWS: what stands here is what was seen.
    const isP3 = /^ml\.p3/.test(instanceType);
    return {
      message: `AWS refuses ${instanceType} for the account's quota.${isP3 ? " New accounts often have a quota of 0 for ml.p3, and AWS's own projects have begun to leave it." : ""} Nothing was started.`,
      remedy: `Set instanceType to ${describeInstance(instanceType).alternative}, or ask for more of "${quota}" in Service Quotas, Amazon SageMaker. Training and endpoints have separate quotas, and so have spot jobs.`,
      canRetry: false,
    };
  },
  capacity: ({ instanceType, isSpot }) => ({
    message: `AWS has no ${instanceType}${isSpot ? " to spare" : ""} free in this region at the moment.`,
    remedy: `Start the job again in some minutes, under a new name; or set instanceType to ${describeInstance(instanceType).alternative}, ${isSpot ? "leave spot out, " : ""}or use another region.`,
    canRetry: true,
  }),
  region: ({ instanceType }) => ({
    message: `${instanceType} is not offered for training in this region. Nothing was started.`,
    remedy: `Set instanceType to ${describeInstance(instanceType).alternative}, or use another region.`,
    canRetry: false,
  }),
  access: () => ({
    message: "AWS denies access.",
    remedy:
      "Whoever calls needs sagemaker:CreateTrainingJob, sagemaker:AddTags and iam:PassRole for roleArn; the role needs s3:ListBucket and s3:GetObject where the data is, s3:PutObject where the artifact goes, and must trust sagemaker.amazonaws.com.",
    canRetry: false,
  }),
  credentials: () => ({
    message: "The credentials are missing, wrong or expired.",
    remedy:
      "Sign in again, such as with aws sso login, or renew the session, and call again. A job that was started goes on meanwhile.",
    canRetry: false,
  }),
  name: () => ({
    message: "The name of the job is taken, for names are unique for good in an account and region.",
    remedy: "Set another jobName, or leave it out, which makes one that is not taken.",
    canRetry: false,
  }),
  throttling: () => ({
    message: "AWS throttles the calls of this account.",
    remedy: "Call again in a minute; raise maxAttempts of the client if that happens often.",
    canRetry: true,
  }),
  unavailable: () => ({
    message: "AWS has an internal error.",
    remedy: "Start the job again; retryAttempts lets AWS do so by itself.",
    canRetry: true,
  }),
};

function readFailureReason(error: Error): string | undefined {
  const details = "details" in error ? error.details : undefined;
  if (typeof details !== "object" || details === null || !("failureReason" in details)) return undefined;
  return typeof details.failureReason === "string" ? details.failureReason : undefined;
}

function readStatus(error: Error): number | undefined {
  return isServiceException(error) ? error.$metadata.httpStatusCode : undefined;
}

function isServiceException(
  error: Error,
): error is Error & { readonly $metadata: { readonly httpStatusCode?: number } } {
  return "$metadata" in error && typeof error.$metadata === "object" && error.$metadata !== null;
}
