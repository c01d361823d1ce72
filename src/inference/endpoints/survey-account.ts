import {
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  DescribeEndpointConfigCommand,
  type DescribeEndpointConfigCommandOutput,
  DescribeTransformJobCommand,
  ListTagsCommand,
  paginateListEndpointConfigs,
  paginateListEndpoints,
  paginateListModels,
  paginateListTransformJobs,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { abortable } from "../../core/abort.js";
import { ignoreMissing } from "./missing-resource.js";

/** What lies in an account, as far as endpoints are concerned. @internal */
export interface Survey {
  readonly endpoints: readonly Described<DescribeEndpointCommandOutput>[];
  readonly configs: readonly Described<DescribeEndpointConfigCommandOutput>[];
  readonly models: readonly Described<undefined>[];
  /** Names of the models that transform jobs are using. */
  readonly transforming: ReadonlySet<string>;
}

/** One resource with its tags. @internal */
export interface Described<Description> {
  readonly name: string;
  readonly arn: string;
  readonly created: Date;
  readonly tags: ReadonlyMap<string, string>;
  readonly description: Description;
}

interface Summary {
  readonly name: string | undefined;
  readonly arn: string | undefined;
  readonly created: Date | undefined;
}

/** Reads all endpoints, configurations and models with their tags; what goes meanwhile is left out. @internal */
export async function surveyAccount(client: SageMakerClient, signal: AbortSignal | undefined): Promise<Survey> {
  const page = { client, pageSize: 100 };
  const ask = <T>(call: (send: { readonly abortSignal?: AbortSignal }) => Promise<T>) =>
    ignoreMissing(() => abortable(signal, call));

  async function describeAll<T>(
    summaries: readonly Summary[],
    describe: (name: string) => Promise<T> | undefined,
  ): Promise<Described<T>[]> {
    const all: Described<T>[] = [];
    for (const { name = "", arn = "", created = new Date(0) } of summaries) {
      const description = await describe(name);
      const listed = await ask((send) => client.send(new ListTagsCommand({ ResourceArn: arn }), send));
      if (listed === undefined) continue;
      const tags = new Map(listed.Tags?.map(({ Key = "", Value = "" }) => [Key, Value]));
      all.push({ name, arn, created, tags, description: description as T });
    }
    return all;
  }

  // Models first: whatever is made meanwhile from a listed model shows up in the lists that follow.
  const models: Summary[] = [];
  for await (const { Models = [] } of paginateListModels(page, {})) {
    signal?.throwIfAborted();
    models.push(...Models.map((one) => ({ name: one.ModelName, arn: one.ModelArn, created: one.CreationTime })));
  }
  const configs: Summary[] = [];
  for await (const { EndpointConfigs = [] } of paginateListEndpointConfigs(page, {})) {
    signal?.throwIfAborted();
    configs.push(
      ...EndpointConfigs.map((one) => ({
        name: one.EndpointConfigName,
        arn: one.EndpointConfigArn,
        created: one.CreationTime,
      })),
    );
  }
  const endpoints: Summary[] = [];
  for await (const { Endpoints = [] } of paginateListEndpoints(page, {})) {
    signal?.throwIfAborted();
    endpoints.push(
      ...Endpoints.map((one) => ({ name: one.EndpointName, arn: one.EndpointArn, created: one.CreationTime })),
    );
  }
  const transforming = new Set<string>();
  for await (const { TransformJobSummaries = [] } of paginateListTransformJobs(page, { StatusEquals: "InProgress" })) {
    for (const { TransformJobName } of TransformJobSummaries) {
      const job = await ask((send) => client.send(new DescribeTransformJobCommand({ TransformJobName }), send));
      if (job?.ModelName !== undefined) transforming.add(job.ModelName);
    }
  }
  const described = await describeAll(endpoints, (EndpointName) =>
    ask((send) => client.send(new DescribeEndpointCommand({ EndpointName }), send)),
  );
  const describedConfigs = await describeAll(configs, (EndpointConfigName) =>
    ask((send) => client.send(new DescribeEndpointConfigCommand({ EndpointConfigName }), send)),
  );
  return {
    endpoints: described.flatMap((one) =>
      one.description === undefined ? [] : { ...one, description: one.description },
    ),
    configs: describedConfigs.flatMap((one) =>
      one.description === undefined ? [] : { ...one, description: one.description },
    ),
    models: await describeAll(models, () => undefined),
    transforming,
  };
}
