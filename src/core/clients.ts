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
