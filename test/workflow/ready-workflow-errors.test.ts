import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deleteEndpoint } from "../../src/inference/endpoints/delete-endpoint.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { buildBatchWorkflow, from, LAMBDA_RETRY, type StateMachineDefinition } from "../../src/workflow/index.js";
import { runDefinition } from "./run-definition.js";
import { createTrainingAccount, leftovers, runTrainingWorkflow, type TrainingAccount } from "./training-account.js";

const TRANSIENT = LAMBDA_RETRY.flatMap(({ ErrorEquals }) => ErrorEquals).map((name) => name.replace("Lambda.", ""));
const FATAL = [
  "InvalidParameterValueException",
  "AccessDeniedException",
  "ResourceNotFoundException",
  "KMSDisabledException",
];
const LANGUAGES = ["JSONPath", "JSONata"] as const;
const functions = { classify: "classify", filter: "filter" };

describe("errors of Lambda in the batch workflow", () => {
  let local: LocalAws;
  let calls = 0;
  beforeEach(async () => {
    await local?.close();
    local = await createLocalAws({ clock: "virtual" });
    calls = 0;
    const { s3 } = local.clients;
    await s3.send(new CreateBucketCommand({ Bucket: "scones" }));
    await s3.send(new PutObjectCommand({ Bucket: "scones", Key: "new/a.png", Body: "image" }));
    for (const name of ["classify", "filter"]) {
      local.registerFunction(name, async (event) => {
        calls++;
        return { statusCode: 200, body: event };
      });
    }
  });
  afterAll(() => local.close());

  const KINDS = ["over a list", "as a Distributed Map"] as const;
  const build = (kind: (typeof KINDS)[number], queryLanguage: (typeof LANGUAGES)[number]): StateMachineDefinition =>
    kind === "over a list"
      ? buildBatchWorkflow({ functions, queryLanguage, source: { type: "list", items: from("images") } })
      : buildBatchWorkflow({
          functions,
          queryLanguage,
          source: { type: "prefix", bucket: "scones", prefix: "new/" },
          results: { bucket: "scones", prefix: "answers" },
        });
  const input = { images: [{ s3_bucket: "scones", s3_key: "new/a.png" }] };
  const cases = KINDS.flatMap((kind) => LANGUAGES.map((queryLanguage) => ({ kind, queryLanguage })));

  describe.each(cases)("$kind, in $queryLanguage", ({ kind, queryLanguage }) => {
    // An item that fails is one too many, and that is what the Distributed Map says of it.
    const failed = (error: string) => (kind === "over a list" ? error : "States.ExceedToleratedFailureThreshold");

    it.each(TRANSIENT)("Lambda.%s is tried again, six times at most", async (error) => {
      const fault = local.injectFault({ service: "lambda", operation: "Invoke", on: [1, 2, 4], kind: "fail", error });
      expect(await runDefinition(local, build(kind, queryLanguage), input)).toMatchObject({ status: "SUCCEEDED" });
      expect([calls, fault.hits]).toEqual([2, 3]);
      fault.remove();
      const forGood = local.injectFault({ service: "lambda", operation: "Invoke", kind: "fail", error });
      const ended = await runDefinition(local, build(kind, queryLanguage), input);
      expect(ended).toMatchObject({ status: "FAILED", error: failed(`Lambda.${error}`) });
      expect(forGood.hits).toBe(7);
    });

    it.each(FATAL)("Lambda.%s fails at once", async (error) => {
      const fault = local.injectFault({ service: "lambda", operation: "Invoke", kind: "fail", error });
      const ended = await runDefinition(local, build(kind, queryLanguage), input);
      expect(ended).toMatchObject({ status: "FAILED", error: failed(`Lambda.${error}`) });
      expect([calls, fault.hits]).toEqual([0, 1]);
    });
  });
});

describe.each(LANGUAGES)("errors in the training workflow, in %s", (queryLanguage) => {
  let account: TrainingAccount;
  beforeAll(async () => {
    account = await createTrainingAccount();
  });
  afterAll(() => account.local.close());
  const run = () => runTrainingWorkflow(account, queryLanguage);

  it.each(TRANSIENT)("Lambda.%s is tried again, before the training and after it", async (error) => {
    const { local } = account;
    const fault = local.injectFault({ service: "lambda", operation: "Invoke", on: [1, 3], kind: "fail", error });
    const { name, status } = await run();
    fault.remove();
    expect([status, fault.hits]).toEqual(["SUCCEEDED", 2]);
    await deleteEndpoint({ endpoint: name, clients: local.clients });
    expect(await leftovers(account)).toEqual([]);
  });

  it.each(FATAL)("Lambda.%s of the evaluation fails, and leaves nothing behind", async (error) => {
    using fault = account.local.injectFault({ service: "lambda", operation: "Invoke", on: 2, kind: "fail", error });
    expect(await run()).toMatchObject({ status: "FAILED", error: `Lambda.${error}` });
    expect(fault.hits).toBe(1);
    expect(await leftovers(account)).toEqual([]);
  });

  it("an endpoint that fails is deleted with all that belongs to it, and its reason is kept", async () => {
    const { local } = account;
    const stall = local.injectFault({ service: "sagemaker", operation: "CreateEndpoint", kind: "stall" });
    const running = run();
    await expect.poll(() => stall.hits, { interval: 1 }).toBe(1);
    const [endpoint = ""] = await leftovers(account);
    const Key = `models/${endpoint.replace("endpoint ", "")}/output/model.tar.gz`;
    await local.clients.s3.send(new DeleteObjectCommand({ Bucket: "scones", Key }));
    stall.remove();
    const { status, error, cause } = await running;
    expect({ status, error }).toEqual({ status: "FAILED", error: "ENDPOINT_FAILED" });
    expect(cause).toContain("model.tar.gz");
    expect(await leftovers(account)).toEqual([]);
  });
});
