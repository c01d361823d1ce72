import type { Retrier } from "./asl-types.js";

/**
 * AWS's recommended retries of a Lambda task: transient errors of the service, and throttling, up to six times with
 * exponential and jittered pauses. An error that the function itself throws is not among them, so that it fails the
 * execution at once.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html (Handle transient Lambda service exceptions)
 */
export const LAMBDA_RETRY: readonly Retrier[] = [
  {
    ErrorEquals: [
      "Lambda.ClientExecutionTimeoutException",
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.TooManyRequestsException",
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    JitterStrategy: "FULL",
  },
];

/**
 * Retries of a SageMaker task. Step Functions reports throttling and trouble of the service, but also a request that
 * SageMaker refuses, under one name for each kind of integration, so the attempts are few; a limit of the account
 * (`SageMaker.ResourceLimitExceededException`) is not among them.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
 */
export const SAGEMAKER_RETRY: readonly Retrier[] = [
  {
    ErrorEquals: ["SageMaker.AmazonSageMakerException", "SageMaker.SageMakerException", "SageMaker.SdkClientException"],
    IntervalSeconds: 2,
    MaxAttempts: 3,
    BackoffRate: 2,
    JitterStrategy: "FULL",
  },
];
