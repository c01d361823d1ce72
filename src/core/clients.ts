import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import type { SFNClient } from "@aws-sdk/client-sfn";

/** The S3 client of a function that reads or writes objects. Other clients beside it are ignored. */
export interface S3Clients {
  /** S3. @defaultValue a client from the SDK's default chain, closed again afterwards */
  readonly s3?: S3Client;
}

/** The SageMaker client of a function that trains or deploys. Other clients beside it are ignored. */
export interface SageMakerClients {
  /** SageMaker. @defaultValue a client from the SDK's default chain, closed again afterwards */
  readonly sagemaker?: SageMakerClient;
}

/** The SageMaker Runtime client of a function that asks an endpoint. Other clients beside it are ignored. */
export interface SageMakerRuntimeClients {
  /** SageMaker Runtime. @defaultValue a client from the SDK's default chain */
  readonly sagemakerRuntime?: SageMakerRuntimeClient;
}

/** The Step Functions client of a function that deploys or runs workflows. Other clients beside it are ignored. */
export interface StepFunctionsClients {
  /** Step Functions. @defaultValue a client from the SDK's default chain, closed again afterwards */
  readonly sfn?: SFNClient;
}

/**
 * A client of CloudWatch Logs: the `CloudWatchLogsClient` of `@aws-sdk/client-cloudwatch-logs`, which is an optional
 * peer, so that its type is not named here.
 */
export interface LogsClient {
  /** Sends a command. */
  send(command: never, options?: never): Promise<unknown>;
}

/** The clients of a function that follows a training job. Other clients beside them are ignored. */
export interface TrainingClients extends SageMakerClients {
  /**
   * CloudWatch Logs, for the lines of the job. @defaultValue a client that goes where the SageMaker client goes, where
   * `@aws-sdk/client-cloudwatch-logs` is installed
   */
  readonly logs?: LogsClient;
}
