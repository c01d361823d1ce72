import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { imageClassificationImageUri } from "../../../src/training/algorithm-image.js";
import { buildTrainingJobRequest } from "../../../src/training/request/build-training-job-request.js";
import { stagedDataset } from "../../helpers/contracts.js";
import { sharedData } from "../../helpers/shared-data.js";
import { augmentedManifest, COURSE, EARLIER_MODEL, recordIo } from "./requests.js";

const registries = sharedData("facts/image-classification-registries.json");

describe("buildTrainingJobRequest", () => {
  it("makes a new name for every job, within the pattern of names", () => {
    const { jobName: _, ...unnamed } = COURSE;
    const names = Array.from({ length: 2000 }, () => buildTrainingJobRequest(unnamed).TrainingJobName ?? "");
    expect(new Set(names).size).toBe(2000);
    for (const name of names) expect(name).toMatch(/^scones-[-0-9]{23}-[0-9a-f]{12}$/);
  });

  it("changes nothing of its options, and gives the same request for the same options", () => {
    const options = Object.freeze({ ...COURSE, tags: Object.freeze({ team: "scones" }) });
    expect(buildTrainingJobRequest(options)).toEqual(buildTrainingJobRequest(options));
  });

  it("takes options that are undefined for absent ones", () => {
    const absent = { spot: undefined, vpc: undefined, checkpoints: undefined, inputMode: undefined };
    expect(buildTrainingJobRequest({ ...COURSE, ...absent })).toEqual(buildTrainingJobRequest(COURSE));
  });

  it.skipIf(registries === undefined)(
    "knows the registry of every region and partition (needs the shared facts)",
    () => {
      const facts = JSON.parse(readFileSync(registries ?? "", "utf8"));
      expect(facts.registries).toHaveLength(37);
      for (const { region, uri } of facts.registries) {
        expect(imageClassificationImageUri(region)).toBe(uri);
        const request = buildTrainingJobRequest({ ...COURSE, region });
        expect(request.AlgorithmSpecification?.TrainingImage).toBe(uri);
      }
      for (const region of facts.regionsInPartitionsFileWithoutRegistry) {
        expect(() => buildTrainingJobRequest({ ...COURSE, region })).toThrow(region);
      }
    },
  );
});

describe("a request that AWS would refuse, or that would fail or be ignored", () => {
  const lst = stagedDataset();
  it.each<[string, object, RegExp]>([
    ["a name that SageMaker refuses", { jobName: "under_score" }, /jobName: must consist of letters/],
    ["a role that is none", { roleArn: "scones" }, /roleArn: .*arn:aws:iam/],
    ["an output that is no S3 location", { output: "models/" }, /output: must be an S3 location/],
    ["an output in a bucket that cannot exist", { output: "s3://Scones/models" }, /output: must be an S3 location/],
    ["an unknown option", { instancetype: "ml.p2.xlarge" }, /instancetype/],
    ["an instance type of EC2", { instanceType: "p3.2xlarge" }, /instanceType: .* such as ml.p3.2xlarge/],
    ["an unknown hyper-parameter", { hyperparameters: { epoch: 3 } }, /hyperparameters: "epoch" is no hyper-parameter/],
    ["Python's spelling", { hyperparameters: { num_layers: 18 } }, /num_layers is written numLayers here/],
    ["a count of its own", { hyperparameters: { numClasses: 3 } }, /numClasses comes from the data set/],
    ["an epoch of nothing", { hyperparameters: { epochs: 0 } }, /hyperparameters.epochs/],
    ["a batch beyond the data", { hyperparameters: { miniBatchSize: 2000 } }, /hyperparameters.miniBatchSize: .* 1000/],
    ["two rules at once", { hyperparameters: { beta1: 1, gamma: 1 } }, /beta1: .*; hyperparameters.gamma: /],
    [
      "no training image",
      { dataset: { ...lst, train: { ...lst.train, count: 0 } } },
      /dataset.train.count: .*at least 1/,
    ],
    [
      "one folder for both splits",
      { dataset: { ...lst, validation: { ...lst.validation, images: "s3://scones/train" } } },
      /dataset.validation: must lie apart .* s3:\/\/scones\/train;/,
    ],
    ["single images in Pipe mode", { inputMode: "Pipe" }, /inputMode: Pipe does not work with images/],
    ["FastFile mode", { inputMode: "FastFile" }, /inputMode/],
    ["a manifest in File mode", { dataset: augmentedManifest, inputMode: "File" }, /inputMode: must be Pipe/],
    [
      "a format of several labels for one label",
      { dataset: { ...augmentedManifest, labelFormat: "class-id" } },
      /dataset.labelFormat: needs .* multiLabel: true/,
    ],
    ["an unknown layout", { dataset: { ...lst, format: "parquet" } }, /dataset.format/],
    [
      "a model of other classes",
      { initialModel: { ...EARLIER_MODEL, labels: ["motorcycle", "bicycle"] } },
      /initialModel.labels: .*same order \(bicycle, motorcycle\), but the model has motorcycle, bicycle/,
    ],
    [
      "a model of another shape",
      { initialModel: { ...EARLIER_MODEL, imageShape: { channels: 3, height: 224, width: 224 } } },
      /initialModel.imageShape: .*\(32 x 32\), but the model takes 224 x 224/,
    ],
    [
      "a model of another depth",
      { initialModel: { ...EARLIER_MODEL, numLayers: 18 } },
      /hyperparameters.numLayers: must be that of the initial model \(18\), but is 152; set numLayers to 18/,
    ],
    [
      "a model that is none",
      { initialModel: { ...EARLIER_MODEL, artifact: "s3://scones/models/" } },
      /initialModel.artifact/,
    ],
    [
      "spot that waits less than it runs",
      { spot: { maxWaitSeconds: 600 } },
      /spot.maxWaitSeconds: must be at least maxRuntimeSeconds \(3600\), but is 600/,
    ],
    ["a runtime over 28 days", { maxRuntimeSeconds: 2_419_201 }, /maxRuntimeSeconds/],
    ["a network without subnets", { vpc: { subnets: [], securityGroupIds: ["sg-1"] } }, /vpc.subnets/],
    ["a network by ARN", { vpc: { subnets: ["subnet-1"], securityGroupIds: ["arn:x"] } }, /id of a security group/],
    ["too many security groups", { vpc: { subnets: ["a"], securityGroupIds: Array(6).fill("b") } }, /securityGroupIds/],
    ["a key that is none", { outputKmsKeyId: "my key" }, /outputKmsKeyId: must be a KMS key/],
    [
      "a key for a machine's own disk",
      { volumeKmsKeyId: "alias/scones", instanceType: "ml.g4dn.xlarge" },
      /volumeKmsKeyId: cannot be used with ml.g4dn.xlarge/,
    ],
    ["a variable that is no name", { environment: { "A-B": "1" } }, /environment/],
    ["a tag of AWS's", { tags: { "aws:team": "scones" } }, /must not begin with "aws:"/],
    ["a tag with a comma", { tags: { team: "a,b" } }, /tags.team: must consist of letters/],
    [
      "more tags than AWS takes",
      { tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tag-${index}`, ""])) },
      /tags: must be at most 49 tags/,
    ],
    ["31 attempts", { retryAttempts: 31 }, /retryAttempts/],
    ["RecordIO of one file", { dataset: { ...recordIo, validation: recordIo.train } }, /must lie apart/],
  ])("%s is refused with the rule", (_, change, message) => {
    expect(() => buildTrainingJobRequest({ ...COURSE, ...change } as never)).toThrow(message);
    expect(() => buildTrainingJobRequest({ ...COURSE, ...change } as never)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTIONS" }),
    );
  });
});

describe("imageClassificationImageUri", () => {
  it("knows each region's own registry account and suffix", () => {
    expect(imageClassificationImageUri("cn-north-1")).toBe(
      "390948362332.dkr.ecr.cn-north-1.amazonaws.com.cn/image-classification:1",
    );
    expect(imageClassificationImageUri("us-iso-east-1")).toContain(".c2s.ic.gov/");
  });

  it.each(["mx-central-1", "toString", ""])("refuses the region %j, for the algorithm is not there", (region) => {
    expect(() => imageClassificationImageUri(region)).toThrow(
      expect.objectContaining({ code: "REGION_UNSUPPORTED", details: { region } }),
    );
  });
});
