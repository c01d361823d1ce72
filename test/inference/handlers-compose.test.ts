import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { describe, expect, it } from "vitest";
import { classifyWithMiddy } from "../../examples/lambda/with-middy.js";
import { classifyWithPowertools } from "../../examples/lambda/with-powertools.js";
import { createClassifyHandler } from "../../src/inference/handlers/classify-handler.js";
import { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";
import { type InferenceHandler, InferencePayloadSchema } from "../../src/inference/handlers/payload.js";
import { createSerializeHandler } from "../../src/inference/handlers/serialize-handler.js";
import { createLocalAws } from "../../src/local/index.js";
import { runExecution } from "../../src/workflow/execution/run-execution.js";
import { deployStateMachine } from "../../src/workflow/machine/deploy-state-machine.js";
import { buildInferenceWorkflow } from "../../src/workflow/workflows/inference-workflow.js";

/** Remembers how many bytes it was asked about. */
function recordingRuntime() {
  const sizes: number[] = [];
  const send = async (command: { input: { Body: Uint8Array } }) => {
    sizes.push(command.input.Body.length);
    return { Body: Buffer.from("[0.03, 0.97]") };
  };
  return { sizes, sagemakerRuntime: { send } as unknown as SageMakerRuntimeClient };
}

describe("the handlers in a workflow", () => {
  it.each(["JSONPath", "JSONata"] as const)(
    "classify a photo that no state can hold, with %s",
    async (queryLanguage) => {
      await using local = await createLocalAws();
      const { s3 } = local.clients;
      await s3.send(new CreateBucketCommand({ Bucket: "photos" }));
      const key = "in box/a+b é.png";
      await s3.send(new PutObjectCommand({ Bucket: "photos", Key: key, Body: Buffer.alloc(3_000_000, 7) }));
      const { sizes, sagemakerRuntime } = recordingRuntime();
      const functions = {
        serialize: local.registerFunction("serialize", createSerializeHandler({ clients: { s3 } })),
        classify: local.registerFunction(
          "classify",
          createClassifyHandler({ endpointName: "scones", clients: { s3, sagemakerRuntime } }),
        ),
        filter: local.registerFunction("filter", createFilterHandler({ threshold: 0.9 })),
      };
      const { stateMachineArn } = await deployStateMachine({
        name: "photos",
        definition: buildInferenceWorkflow({ functions, queryLanguage }),
        roleArn: "arn:aws:iam::000000000000:role/scones",
        clients: local.clients,
      });
      const { output } = await runExecution({
        stateMachineArn,
        input: { image_data: "", s3_bucket: "photos", s3_key: key, inferences: [] },
        outputSchema: InferencePayloadSchema,
        clients: local.clients,
      });
      expect(output).toMatchObject({ s3_key: key, image_data: "", image_source: "s3", confidence: 0.97 });
      expect(sizes).toEqual([3_000_000]);
    },
  );
});

describe("the examples of composition", () => {
  const EVENT = { s3_bucket: "scones", s3_key: "a.png", image_data: "aGk=" };

  it("put middleware around a handler", () => {
    const uses: string[] = [];
    const middy = (handler: InferenceHandler) => ({
      use(name: string) {
        uses.push(name);
        return handler;
      },
    });
    expect(classifyWithMiddy(middy, "logger")).toBeTypeOf("function");
    expect(uses).toEqual(["logger"]);
  });

  it("log what happened, and nothing of the image", async () => {
    const lines: unknown[] = [];
    const log = (...line: unknown[]) => lines.push(line);
    const { sagemakerRuntime } = recordingRuntime();
    const handler = classifyWithPowertools(sagemakerRuntime, {
      logger: { info: log, error: log },
      tracer: { captureAWSv3Client: (client) => client },
    });
    await handler(EVENT);
    await handler([EVENT, { image_data: "aGk=" }]);
    await expect(handler({ ...EVENT, image_data: "secret" })).rejects.toThrow("image_data: must be base64 text");
    expect(lines).toEqual([
      ["classified", { images: 1 }],
      ["classified", { images: 2, failed: 1 }],
      ["not classified", { error: "PAYLOAD_INVALID" }],
    ]);
  });
});
