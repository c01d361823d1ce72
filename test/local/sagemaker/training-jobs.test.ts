import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateTrainingJobCommand, StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeImageRecord } from "../../../src/core/image-record.js";
import { encodeRecordIo } from "../../../src/core/record-io.js";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { unpackModel } from "../../../src/local/sagemaker/model-artifact.js";
import { image, modelChannel, putImages, runTraining, trainingRequest } from "./fixture.js";

const twoOfThree = Array.from({ length: 24 }, (_, index) => `${index}\t${index % 2}\t${index}.png\n`).join("");

let local: LocalAws;
let log: string[];
beforeEach(async () => {
  log = [];
  local = await createLocalAws({
    trainer: { network: "small", threads: 1 },
    onLog: ({ message }) => log.push(message),
  });
});
afterEach(() => local.close());

const keysUnder = async (prefix: string) => {
  const listed = await local.clients.s3.send(new ListObjectsV2Command({ Bucket: "scones", Prefix: prefix }));
  return (listed.Contents ?? []).map(({ Key = "" }) => Key.slice(prefix.length));
};
const weightsOf = async (job: string) => {
  const Key = `models/${job}/output/model.tar.gz`;
  const object = await local.clients.s3.send(new GetObjectCommand({ Bucket: "scones", Key }));
  return unpackModel((await object.Body?.transformToByteArray()) ?? new Uint8Array());
};
const accuracyOf = (job: Awaited<ReturnType<typeof runTraining>>, name = "validation:accuracy") =>
  job.FinalMetricDataList?.find(({ MetricName }) => MetricName === name)?.Value ?? 0;

describe("a local training job over time", () => {
  it("goes through its states, and bills the seconds it took", async () => {
    await putImages(local);
    const job = await runTraining(local, trainingRequest("job"));
    expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual([
      "Starting",
      "Downloading",
      "Training",
      "Uploading",
      "Completed",
    ]);
    expect(job.SecondaryStatusTransitions?.slice(0, -1).every(({ EndTime }) => EndTime !== undefined)).toBe(true);
    expect(job.BillableTimeInSeconds).toBeGreaterThanOrEqual(1);
    expect(job.FinalMetricDataList?.map(({ MetricName }) => MetricName)).toEqual([
      "train:accuracy",
      "validation:accuracy",
    ]);
    expect(job.FinalMetricDataList?.[0]?.Timestamp?.getTime()).toBeLessThanOrEqual(job.TrainingEndTime?.getTime() ?? 0);
  });

  it("cannot be stopped when it has ended", async () => {
    await putImages(local);
    await runTraining(local, trainingRequest("job"));
    await expect(local.clients.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job" }))).rejects.toThrow(
      /status Completed/,
    );
  });

  it.each([
    ["without a role", { RoleArn: undefined }, /at 'roleArn' failed to satisfy constraint: Member must not be null/],
    ["with spot but no waiting time", { EnableManagedSpotTraining: true }, /^Invalid MaxWaitTimeInSeconds/],
    [
      "with spot that waits less than it runs",
      {
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 300 },
      },
      /^Invalid MaxWaitTimeInSeconds/,
    ],
  ])("is refused %s", async (_, changes, message) => {
    await putImages(local);
    const command = new CreateTrainingJobCommand({ ...trainingRequest("job"), ...changes } as never);
    await expect(local.clients.sagemaker.send(command)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [{ early_stopping: "true" }, /The value 'true' is not valid for the 'early_stopping' hyperparameter/],
    [{ early_stopping: "True", early_stopping_tolerance: "2" }, /'early_stopping_tolerance' hyperparameter/],
    [{ checkpoint_frequency: "3" }, /'checkpoint_frequency' hyperparameter\. It must not be greater than the 2 epochs/],
    [{ num_classes: "1" }, /The label 1 in the train manifest does not fit num_classes 1/],
    [{ mini_batch_size: "32" }, /number of input images must be bigger or equal to the mini_batch_size/],
  ])("fails with the reason for %j", async (hyperparameters, reason) => {
    await putImages(local);
    const job = await runTraining(local, trainingRequest("job", hyperparameters));
    expect(job).toMatchObject({ TrainingJobStatus: "Failed", FailureReason: expect.stringMatching(reason) });
    expect(job.SecondaryStatusTransitions?.at(-1)).toMatchObject({
      Status: "Failed",
      StatusMessage: job.FailureReason,
    });
    expect(log.at(-1)).toBe(`${/^\[.*? ERROR \d+\] /.exec(log.at(-1) ?? "")?.[0]}${job.FailureReason}`);
  });

  it("refuses a JPEG by name", async () => {
    await putImages(local);
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]);
    await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key: "train/3.png", Body: jpeg }));
    const job = await runTraining(local, trainingRequest("job"));
    expect(job.FailureReason).toMatch(/3\.png of the train channel cannot be used: it is a JPEG/);
  });
});

describe("the local trainer", () => {
  it("learns from RecordIO as it does from single images", async () => {
    await putImages(local);
    const records = Array.from({ length: 24 }, (_, id) =>
      encodeRecordIo(encodeImageRecord({ id, label: id % 2, image: image(id % 2, id) })),
    );
    const InputDataConfig = ["train", "validation"].map((ChannelName) => ({
      ChannelName,
      ContentType: "application/x-recordio",
      DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: `s3://scones/rec/${ChannelName}.rec` } },
    }));
    for (const name of ["train", "validation"]) {
      const Key = `rec/${name}.rec`;
      await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body: Buffer.concat(records) }));
    }
    const job = await runTraining(local, trainingRequest("records", {}, { InputDataConfig }));
    expect(job.FailureReason).toBeUndefined();
    await runTraining(local, trainingRequest("images"));
    expect(Buffer.from(await weightsOf("records"))).toEqual(Buffer.from(await weightsOf("images")));
  });

  it("learns from an augmented manifest as it does from single images", async () => {
    await putImages(local);
    const lines = (split: string) =>
      Array.from({ length: 24 }, (_, id) =>
        JSON.stringify({ "source-ref": `s3://scones/${split}/${id}.png`, class: String(id % 2), "class-metadata": {} }),
      ).join("\n");
    const InputDataConfig = ["train", "validation"].map((ChannelName) => ({
      ChannelName,
      ContentType: "application/x-recordio",
      RecordWrapperType: "RecordIO" as const,
      InputMode: "Pipe" as const,
      DataSource: {
        S3DataSource: {
          S3DataType: "AugmentedManifestFile" as const,
          S3Uri: `s3://scones/${ChannelName}.manifest`,
          AttributeNames: ["source-ref", "class"],
        },
      },
    }));
    for (const split of ["train", "validation"]) {
      const Key = `${split}.manifest`;
      await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body: lines(split) }));
    }
    const job = await runTraining(local, trainingRequest("manifest", {}, { InputDataConfig }));
    expect(job.FailureReason).toBeUndefined();
    await runTraining(local, trainingRequest("images"));
    expect(Buffer.from(await weightsOf("manifest"))).toEqual(Buffer.from(await weightsOf("images")));

    for (const [number, [line, reason]] of [
      ["{}", /Line 1 of the train manifest cannot be used: source-ref and class must name an S3 object/],
      ["[1]", /Line 1 of the train manifest cannot be used: it is no JSON object/],
      ["{", /it is no JSON object/],
      [
        '{"source-ref":"s3://scones/x.png","class":"2"}',
        /The label 2 in the train manifest does not fit num_classes 2/,
      ],
      ['{"source-ref":"s3://scones/x.png","class":"0"}', /x\.png that the train manifest names is not in/],
      ["\n", /The train channel lists no image/],
    ].entries()) {
      await local.clients.s3.send(
        new PutObjectCommand({ Bucket: "scones", Key: "train.manifest", Body: String(line) }),
      );
      const failed = await runTraining(local, trainingRequest(`wrong-${number}`, {}, { InputDataConfig }));
      expect(failed.FailureReason).toMatch(reason as RegExp);
    }
    const [first] = InputDataConfig;
    const refuse = (InputDataConfig: unknown) =>
      expect(
        local.clients.sagemaker.send(
          new CreateTrainingJobCommand(trainingRequest("refused", {}, { InputDataConfig } as never)),
        ),
      ).rejects;
    await refuse([{ ...first, InputMode: "File" }]).toThrow(/needs the input mode Pipe/);
    const source = { ...first?.DataSource.S3DataSource, AttributeNames: [] };
    await refuse([{ ...first, DataSource: { S3DataSource: source } }]).toThrow(/AttributeNames must be given/);
  });

  it("says what it has no use for", async () => {
    await putImages(local);
    await runTraining(
      local,
      trainingRequest(
        "job",
        { epochs: "1" },
        {
          Environment: { A: "1" },
          ResourceConfig: { InstanceType: "ml.p3.2xlarge", InstanceCount: 2, VolumeSizeInGB: 1 },
        },
      ),
    );
    expect(log.some((line) => line.endsWith("without a use for: InstanceCount, Environment"))).toBe(true);
  });

  it("goes on from the weights of the model channel", async () => {
    await putImages(local);
    const first = await runTraining(local, trainingRequest("first", { epochs: "12" }));
    const more = { epochs: "1" };
    const fresh = await runTraining(local, trainingRequest("fresh", more));
    const request = trainingRequest("second", more);
    const second = await runTraining(local, {
      ...request,
      InputDataConfig: [...(request.InputDataConfig ?? []), modelChannel("first")],
    });
    expect(accuracyOf(first)).toBeGreaterThan(0.9);
    const onTheWay = "train:accuracy";
    expect(accuracyOf(second, onTheWay)).toBeGreaterThan(accuracyOf(fresh, onTheWay));
    expect(log.some((line) => line.endsWith("Going on from the weights of the model channel"))).toBe(true);
  });

  it("refuses a model of other classes, or one that no local job wrote", async () => {
    await putImages(local);
    await runTraining(local, trainingRequest("first"));
    const request = trainingRequest("second", { num_classes: "3" });
    const channels = [...(request.InputDataConfig ?? []), modelChannel("first")];
    const other = await runTraining(local, { ...request, InputDataConfig: channels });
    expect(other.FailureReason).toMatch(/has 2 classes .* this training has 3/);
    const Key = "models/first/output/model.tar.gz";
    await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body: "none" }));
    const third = await runTraining(local, { ...trainingRequest("third"), InputDataConfig: channels });
    expect(third.FailureReason).toMatch(/^ClientError: The model channel cannot be used: models\/first/);
  });

  it("tells more than two classes apart", async () => {
    await putImages(local, { classes: 3, count: 36 });
    const job = await runTraining(
      local,
      trainingRequest("job", { num_classes: "3", num_training_samples: "36", epochs: "15" }),
    );
    expect(accuracyOf(job)).toBeGreaterThan(0.8);
  });

  it("stops early when the validation gets no better, and keeps the best epoch", async () => {
    await putImages(local);
    const settings = { early_stopping: "True", early_stopping_min_epochs: "3", early_stopping_patience: "2" };
    // Nothing but a doubled accuracy counts as better.
    const job = await runTraining(
      local,
      trainingRequest("job", { ...settings, early_stopping_tolerance: "1", epochs: "40" }),
    );
    expect(job.TrainingJobStatus).toBe("Completed");
    const epochs = log.filter((line) => line.includes("Validation-accuracy="));
    expect(epochs.length).toBeGreaterThanOrEqual(3);
    expect(epochs.length).toBeLessThan(10);
    expect(log.filter((line) => line.includes("Early stopping after epoch"))).toHaveLength(1);
    const best = Math.max(...epochs.map((line) => Number(line.split("=")[1])));
    expect(
      log.some((line) => line.endsWith(`Storing the best model with validation accuracy: ${best.toFixed(6)}`)),
    ).toBe(true);
  });

  it("writes checkpoints to S3, and a job that finds them there goes on from the last", async () => {
    await putImages(local);
    const CheckpointConfig = { S3Uri: "s3://scones/checkpoints" };
    const settings = { epochs: "4", checkpoint_frequency: "2" };
    await runTraining(local, trainingRequest("first", settings, { CheckpointConfig }));
    expect(await keysUnder("checkpoints/")).toEqual([
      "image-classification-0002.params",
      "image-classification-0004.params",
    ]);
    const before = log.length;
    await runTraining(local, trainingRequest("second", { epochs: "6" }, { CheckpointConfig }));
    const epochs = log.slice(before).flatMap((line) => / Epoch\[(\d+)\] Train/.exec(line)?.[1] ?? []);
    expect(epochs).toEqual(["4", "5"]);
    const last = { Bucket: "scones", Key: "checkpoints/image-classification-0006.params" };
    const object = await local.clients.s3.send(new GetObjectCommand(last));
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? "")).toEqual(
      Buffer.from(await weightsOf("second")),
    );
  });

  it("fails when the checkpoints have no bucket", async () => {
    await putImages(local);
    const CheckpointConfig = { S3Uri: "s3://nowhere/checkpoints" };
    const job = await runTraining(local, trainingRequest("job", {}, { CheckpointConfig }));
    expect(job.FailureReason).toBe("ClientError: The checkpoint bucket nowhere does not exist.");
  });

  it("warns of images that are all the same, and of one colour", async () => {
    await putImages(local, { draw: () => encodePng({ width: 8, height: 8, rgb: new Uint8Array(192).fill(9) }) });
    await runTraining(local, trainingRequest("job"));
    const warned = log.filter((line) => / WARNING \d+\] /.test(line));
    for (const channel of ["train", "validation"]) {
      for (const warning of ["are identical", "have one colour only"]) {
        const found = warned.filter((line) => line.includes(warning) && line.includes(`24 images of the ${channel}`));
        expect(found).toHaveLength(1);
      }
    }
  });

  it("warns of nothing when the data is sound", async () => {
    await putImages(local);
    await runTraining(local, trainingRequest("job"));
    expect(log.filter((line) => line.includes("WARNING"))).toEqual([]);
  });

  it("warns of one class only, and of classes without images", async () => {
    await putImages(local, { classes: 1 });
    await runTraining(local, trainingRequest("one"));
    await runTraining(local, trainingRequest("three", { num_classes: "3" }));
    expect(log.filter((line) => line.includes("All 24 images of the train channel have the label 0"))).toHaveLength(2);
    await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key: "train.lst", Body: twoOfThree }));
    await runTraining(local, trainingRequest("two", { num_classes: "3" }));
    expect(
      log.some((line) => line.includes("No image of the train channel has the label 2, but num_classes is 3")),
    ).toBe(true);
  });
});
