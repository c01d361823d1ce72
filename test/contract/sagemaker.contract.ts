import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  ListModelsCommand,
  ListTagsCommand,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageClassificationImageUri } from "../../src/training/algorithm-image.js";
import { CONTRACT_TAG, contractName } from "./real-aws.js";

/** Something that speaks SageMaker. */
export interface SageMakerUnderTest {
  readonly sagemaker: SageMakerClient;
  readonly region: string;
  readonly roleArn: string;
  close(): Promise<void>;
}

const Tags = [{ Key: CONTRACT_TAG, Value: "true" }];

/** What a client of SageMaker's control plane relies on, as far as it costs nothing. */
export function describeSageMaker(name: string, create: () => Promise<SageMakerUnderTest>): void {
  describe(`SageMaker ${name}`, { timeout: 60_000 }, () => {
    let tested: SageMakerUnderTest | undefined;
    const models = new Set<string>();
    const configs = new Set<string>();
    const opened = () => tested ?? expect.fail("SageMaker is not open yet");
    beforeAll(async () => {
      tested = await create();
    });
    afterAll(async () => {
      const { sagemaker } = opened();
      for (const EndpointConfigName of configs) {
        await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName }));
      }
      for (const ModelName of models) await sagemaker.send(new DeleteModelCommand({ ModelName }));
      await opened().close();
    });
    const createModel = async () => {
      const { sagemaker, region, roleArn } = opened();
      const ModelName = contractName();
      const PrimaryContainer = { Image: imageClassificationImageUri(region) };
      const made = await sagemaker.send(
        new CreateModelCommand({ ModelName, PrimaryContainer, ExecutionRoleArn: roleArn, Tags }),
      );
      models.add(ModelName);
      return { ModelName, ModelArn: made.ModelArn ?? "" };
    };

    it("makes, describes, tags, lists and deletes a model", async () => {
      const { sagemaker, roleArn } = opened();
      const { ModelName, ModelArn } = await createModel();
      expect(ModelArn.endsWith(`:model/${ModelName}`)).toBe(true);
      const described = await sagemaker.send(new DescribeModelCommand({ ModelName }));
      expect(described).toMatchObject({ ModelName, ModelArn, ExecutionRoleArn: roleArn });
      expect((await sagemaker.send(new ListTagsCommand({ ResourceArn: ModelArn }))).Tags).toEqual(Tags);
      const { Models } = await sagemaker.send(new ListModelsCommand({ NameContains: ModelName }));
      expect(Models?.map((model) => model.ModelName)).toEqual([ModelName]);
      await sagemaker.send(new DeleteModelCommand({ ModelName }));
      models.delete(ModelName);
      await expect(sagemaker.send(new DescribeModelCommand({ ModelName }))).rejects.toMatchObject({
        name: "ValidationException",
      });
    });

    it("makes an endpoint configuration of a model, and refuses one of a model that is not there", async () => {
      const { sagemaker } = opened();
      const { ModelName } = await createModel();
      const EndpointConfigName = contractName();
      const variant = {
        VariantName: "a",
        InstanceType: "ml.m5.xlarge" as const,
        InitialInstanceCount: 1,
      };
      await sagemaker.send(
        new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants: [{ ...variant, ModelName }], Tags }),
      );
      configs.add(EndpointConfigName);
      const described = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
      expect(described.ProductionVariants).toMatchObject([{ ...variant, ModelName }]);
      const unknown = { ...variant, ModelName: `${ModelName}-none` };
      await expect(
        sagemaker.send(
          new CreateEndpointConfigCommand({ EndpointConfigName: contractName(), ProductionVariants: [unknown], Tags }),
        ),
      ).rejects.toMatchObject({ name: "ValidationException" });
    });

    it("has no errors of its own for what is not there", async () => {
      const { sagemaker } = opened();
      const missing = contractName();
      await expect(sagemaker.send(new DescribeEndpointCommand({ EndpointName: missing }))).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining("Could not find endpoint"),
      });
      await expect(sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: missing }))).rejects.toMatchObject({
        name: "ValidationException",
        message: "Requested resource not found.",
      });
    });

    it("refuses names that the service model does not allow", async () => {
      const { sagemaker, roleArn } = opened();
      const call = new CreateModelCommand({ ModelName: "not_a_name", ExecutionRoleArn: roleArn });
      await expect(sagemaker.send(call)).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining("at 'modelName' failed to satisfy constraint"),
      });
    });

    it("refuses a training job whose options are out of bounds, so that nothing starts", async () => {
      const { sagemaker, region, roleArn } = opened();
      const nowhere = `s3://${contractName()}/none`;
      const call = new CreateTrainingJobCommand({
        TrainingJobName: contractName(),
        RoleArn: roleArn,
        AlgorithmSpecification: { TrainingImage: imageClassificationImageUri(region), TrainingInputMode: "File" },
        InputDataConfig: [
          { ChannelName: "train", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: nowhere } } },
        ],
        OutputDataConfig: { S3OutputPath: nowhere },
        ResourceConfig: { InstanceType: "ml.g4dn.xlarge", InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
        VpcConfig: { Subnets: ["subnet.0"], SecurityGroupIds: ["sg-0"] },
        RetryStrategy: { MaximumRetryAttempts: 31 },
        Tags,
      });
      const refused = sagemaker.send(call);
      await expect(refused).rejects.toMatchObject({ name: "ValidationException" });
      await expect(refused).rejects.toThrow(/'subnet\.0' at 'vpcConfig\.subnets/);
      await expect(refused).rejects.toThrow(/'31' at 'retryStrategy\.maximumRetryAttempts'/);
    });
  });
}
