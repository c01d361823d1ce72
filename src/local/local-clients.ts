import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { SFNClient } from "@aws-sdk/client-sfn";
import { createRequestHandler } from "./request-handler.js";
import type { WireService } from "./wire.js";

/** The SDK clients of the local AWS; they are the real ones and speak AWS's wire protocol. */
export interface LocalAwsClients {
  /** S3. */
  readonly s3: S3Client;
  /** SageMaker, for training jobs, models and endpoints. */
  readonly sagemaker: SageMakerClient;
  /** SageMaker Runtime, for InvokeEndpoint. */
  readonly sagemakerRuntime: SageMakerRuntimeClient;
  /** Step Functions. */
  readonly sfn: SFNClient;
}

/** What makes an SDK v3 client of any service reach the local AWS in this process. */
export interface LocalClientConfig {
  /** Region of the local AWS. */
  readonly region: string;
  /** Credentials of no account. */
  readonly credentials: NonNullable<S3ClientConfig["credentials"]>;
  /** An address that is never contacted. */
  readonly endpoint: string;
  /** Answers the requests. */
  readonly requestHandler: NonNullable<S3ClientConfig["requestHandler"]>;
}

/**
 * Makes the configuration of clients that a service in this process answers.
 *
 * @param region - Region of the clients.
 * @param service - Answers.
 * @returns The configuration.
 * @internal
 */
export function createClientConfig(region: string, service: WireService): LocalClientConfig {
  return {
    region,
    // Nothing leaves the process, so the signature protects nothing; the SDK wants credentials all the same.
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    endpoint: "http://127.0.0.1",
    requestHandler: createRequestHandler(service),
  };
}

/**
 * Makes the clients.
 *
 * @param config - See {@link createClientConfig}.
 * @param options - How often each client tries; the SDK's default where absent.
 * @returns The clients.
 * @internal
 */
export function createClients(
  config: LocalClientConfig,
  options: { readonly maxAttempts?: number } = {},
): LocalAwsClients {
  const settings = { ...config, ...options };
  return {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sagemaker: new SageMakerClient(settings),
    sagemakerRuntime: new SageMakerRuntimeClient(settings),
    sfn: new SFNClient({ ...settings, disableHostPrefix: true }),
  };
}
