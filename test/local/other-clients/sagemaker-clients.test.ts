import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { ROLE_ARN } from "../../helpers/contracts.js";
import { image, putImages, runTraining, trainingRequest } from "../sagemaker/fixture.js";
import { hasAwsCli, hasBoto3, runAwsCli, runPython, skippedWithout } from "./debian-clients.js";

const IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1";
const ARTIFACT = "s3://scones/models/trained/output/model.tar.gz";

let local: LocalAws;
let endpoint = "";
let home = "";
let picture = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "scones-clients-"));
  local = await createLocalAws({ trainer: { network: "small" } });
  endpoint = (await local.listen()).endpoint;
  picture = join(home, "picture.png");
  await writeFile(picture, image(1, 3));
  await putImages(local);
  await runTraining(local, trainingRequest("trained"));
}, 120_000);
afterAll(async () => {
  await local.close();
  await rm(home, { recursive: true });
});

describe.skipIf(!hasAwsCli)(`SageMaker by the AWS CLI of Debian${skippedWithout(hasAwsCli, "awscli")}`, () => {
  it("makes a model and an endpoint of it, describes and lists them, and asks the endpoint", async () => {
    const aws = (...args: readonly string[]) => runAwsCli(endpoint, home, ["sagemaker", ...args]);
    const container = `Image=${IMAGE},ModelDataUrl=${ARTIFACT}`;
    const model = ["--model-name", "cli", "--primary-container", container, "--execution-role-arn", ROLE_ARN];
    expect((await aws("create-model", ...model)).ModelArn).toMatch(/:model\/cli$/);
    const variant = "VariantName=a,ModelName=cli,InstanceType=ml.m5.xlarge,InitialInstanceCount=1";
    await aws("create-endpoint-config", "--endpoint-config-name", "cli", "--production-variants", variant);
    await aws("create-endpoint", "--endpoint-name", "cli", "--endpoint-config-name", "cli");
    await aws("wait", "endpoint-in-service", "--endpoint-name", "cli");
    const described = await aws("describe-endpoint", "--endpoint-name", "cli");
    expect(described).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "cli" });
    const { TrainingJobSummaries } = await aws("list-training-jobs", "--name-contains", "trained");
    expect(TrainingJobSummaries).toMatchObject([{ TrainingJobName: "trained", TrainingJobStatus: "Completed" }]);
    expect(
      (await aws("list-endpoints")).Endpoints.map((each: { EndpointName: string }) => each.EndpointName),
    ).toContain("cli");
    const answer = join(home, "answer.json");
    const body = ["--body", `fileb://${picture}`, "--content-type", "image/png", answer];
    await runAwsCli(endpoint, home, ["sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "cli", ...body]);
    expect(JSON.parse(await readFile(answer, "utf8"))).toHaveLength(2);
  }, 180_000);
});

describe.skipIf(!hasBoto3)(`SageMaker by boto3 of Debian${skippedWithout(hasBoto3, "python3-boto3")}`, () => {
  it("makes a model and an endpoint of it, pages through lists, and asks the endpoint", async () => {
    const program = `
import boto3, json, sys
sagemaker = boto3.client("sagemaker", endpoint_url=sys.argv[1])
runtime = boto3.client("sagemaker-runtime", endpoint_url=sys.argv[1])
image, artifact, role, picture = sys.argv[2:6]
for name in ("boto-1", "boto-2"):
    sagemaker.create_model(ModelName=name, PrimaryContainer={"Image": image, "ModelDataUrl": artifact}, ExecutionRoleArn=role)
pages = sagemaker.get_paginator("list_models").paginate(NameContains="boto", PaginationConfig={"PageSize": 1})
names = [model["ModelName"] for page in pages for model in page["Models"]]
assert sorted(names) == ["boto-1", "boto-2"], names
variant = {"VariantName": "a", "ModelName": "boto-1", "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 1}
sagemaker.create_endpoint_config(EndpointConfigName="boto", ProductionVariants=[variant])
sagemaker.create_endpoint(EndpointName="boto", EndpointConfigName="boto")
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="boto", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
job = sagemaker.describe_training_job(TrainingJobName="trained")
assert job["ModelArtifacts"]["S3ModelArtifacts"] == artifact, job
answer = runtime.invoke_endpoint(EndpointName="boto", ContentType="image/png", Body=open(picture, "rb").read())
assert answer["InvokedProductionVariant"] == "a", answer
print(len(json.loads(answer["Body"].read())))
`;
    expect(await runPython(endpoint, home, program, [IMAGE, ARTIFACT, ROLE_ARN, picture])).toBe("2\n");
  }, 180_000);
});
