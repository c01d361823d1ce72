import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListMapRunsCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, it } from "vitest";
import { createLocalAws } from "../../src/local/local-aws.js";

it("runs a registered function over the rows of a file in the local S3, and writes the results there", async () => {
  await using local = await createLocalAws();
  const { s3, sfn } = local.clients;
  const double = local.registerFunction("double", async (event) => ({ twice: Number((event as { n: string }).n) * 2 }));
  await s3.send(new CreateBucketCommand({ Bucket: "data" }));
  await s3.send(new PutObjectCommand({ Bucket: "data", Key: "rows.csv", Body: "n\n1\n2\n" }));
  const definition = {
    QueryLanguage: "JSONata",
    StartAt: "Each",
    States: {
      Each: {
        Type: "Map",
        ItemReader: {
          Resource: "arn:aws:states:::s3:getObject",
          Arguments: { Bucket: "data", Key: "rows.csv" },
          ReaderConfig: { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" },
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
          StartAt: "Double",
          States: { Double: { Type: "Task", Resource: double, End: true } },
        },
        ResultWriter: {
          Resource: "arn:aws:states:::s3:putObject",
          Arguments: { Bucket: "data", Prefix: "results" },
          WriterConfig: { OutputType: "JSONL", Transformation: "COMPACT" },
        },
        End: true,
      },
    },
  };
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "each",
      roleArn: "arn:aws:iam::123456789012:role/states",
      definition: JSON.stringify(definition),
    }),
  );
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  const settle = async (): Promise<string> => {
    const { status, output, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status === "RUNNING") {
      await new Promise((resolve) => setImmediate(resolve));
      return settle();
    }
    return output ?? String(cause);
  };
  const { MapRunArn, ResultWriterDetails } = JSON.parse(await settle()) as {
    readonly MapRunArn: string;
    readonly ResultWriterDetails: { readonly Key: string };
  };
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  expect(mapRuns?.map(({ mapRunArn }) => mapRunArn)).toEqual([MapRunArn]);
  const read = async (key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket: "data", Key: key }))).Body?.transformToString();
  const manifest = JSON.parse((await read(ResultWriterDetails.Key)) ?? "") as {
    readonly ResultFiles: { readonly SUCCEEDED: readonly { readonly Key: string }[] };
  };
  expect(await read(manifest.ResultFiles.SUCCEEDED[0]?.Key ?? "")).toBe('{"twice":2}\n{"twice":4}');
});
