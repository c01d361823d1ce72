import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePayload } from "../../src/inference/handlers/envelope.js";
import { type BuildTriggerOptions, buildTrigger } from "../../src/workflow/machine/build-trigger.js";
import { ROLE_ARN } from "../helpers/contracts.js";
import { matches, transform } from "./event-pattern.js";

const MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:scones";
const build = (options: Partial<BuildTriggerOptions> = {}) =>
  buildTrigger({ name: "uploads", stateMachineArn: MACHINE, roleArn: ROLE_ARN, bucket: "scones", ...options });

/** An event as S3 sends it to EventBridge; source: "Amazon S3 event message structure", EventBridge. */
const upload = (key: string, { bucket = "scones", size = 2500, type = "Object Created" } = {}) => ({
  version: "0",
  id: "17793124-05d4-b198-2fde-7ededc63b103",
  "detail-type": type,
  source: "aws.s3",
  account: "123456789012",
  time: "2026-11-24T09:30:00Z",
  region: "us-east-1",
  resources: [`arn:aws:s3:::${bucket}`],
  detail: {
    version: "0",
    bucket: { name: bucket },
    object: { key, size, etag: "b1", sequencer: "0" },
    reason: "PutObject",
  },
});

describe("buildTrigger", () => {
  it("is the same for PutRule with PutTargets and for CloudFormation", () => {
    const { rule, targets, properties } = build({ deadLetterQueueArn: "arn:aws:sqs:us-east-1:123456789012:lost" });
    expect({ ...rule, EventPattern: JSON.parse(rule.EventPattern), Targets: targets.Targets }).toEqual(properties);
    expect(targets).toEqual({
      Rule: "uploads",
      Targets: [
        {
          Id: "state-machine",
          Arn: MACHINE,
          RoleArn: ROLE_ARN,
          InputTransformer: {
            InputPathsMap: { bucket: "$.detail.bucket.name", key: "$.detail.object.key" },
            InputTemplate: '{"image_data":"","s3_bucket":<bucket>,"s3_key":<key>,"inferences":[]}',
          },
          DeadLetterConfig: { Arn: "arn:aws:sqs:us-east-1:123456789012:lost" },
        },
      ],
    });
  });

  it("starts for uploaded images, and for nothing else", () => {
    const { EventPattern: pattern } = build({ prefix: "uploads/", suffixes: [".png", ".jpg"] }).properties;
    const starts = (...event: Parameters<typeof upload>) => matches(pattern, upload(...event));
    expect(starts("uploads/a.png")).toBe(true);
    expect(starts("uploads/2026/b.jpg")).toBe(true);
    expect(starts("uploads/a.PNG")).toBe(false);
    expect(starts("other/uploads/a.png")).toBe(false);
    expect(starts("uploads/notes.txt")).toBe(false);
    expect(starts("uploads/a.png", { size: 0 })).toBe(false);
    expect(starts("uploads/a.png", { bucket: "another" })).toBe(false);
    expect(starts("uploads/a.png", { type: "Object Deleted" })).toBe(false);
  });

  it("takes prefix and suffix as they are, also with characters that mean something to EventBridge", () => {
    const anyText = fc.string({ unit: fc.constantFrom("a", ".", "*", "\\", "/", "é", "?", "["), maxLength: 6 });
    fc.assert(
      fc.property(
        anyText,
        fc.array(
          anyText.filter((text) => text !== ""),
          { maxLength: 3 },
        ),
        anyText,
        (prefix, suffixes, middle) => {
          const { EventPattern: pattern } = build({ prefix, suffixes }).properties;
          const expected = (key: string) =>
            key.startsWith(prefix) &&
            (suffixes.length === 0 ||
              suffixes.some((suffix) => key.endsWith(suffix) && key.length >= prefix.length + suffix.length));
          for (const key of [
            middle,
            `${prefix}${middle}`,
            `${prefix}${middle}${suffixes[0] ?? ""}`,
            `${middle}${suffixes[0] ?? ""}`,
          ])
            expect(matches(pattern, upload(key)), key).toBe(expected(key));
        },
      ),
    );
  });

  it("hands on what the handlers take, whatever the key", () => {
    const { InputTransformer } = build().targets.Targets[0] ?? {
      InputTransformer: { InputPathsMap: {}, InputTemplate: "" },
    };
    for (const key of ["test/bicycle_s_000513.png", 'with "quotes" and \\.png', "Zürich 1+1.png"]) {
      const input = transform(InputTransformer, upload(key));
      expect(input).toEqual({ image_data: "", s3_bucket: "scones", s3_key: key, inferences: [] });
      expect(parsePayload(input)).toMatchObject({ s3_bucket: "scones", s3_key: key });
    }
  });

  it("gives the role the least: this rule may take it, to start this machine", () => {
    const { trustPolicy, policy } = build();
    expect(trustPolicy.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          ArnEquals: { "aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/uploads" },
          StringEquals: { "aws:SourceAccount": "123456789012" },
        },
      },
    ]);
    expect(policy.Statement).toEqual([{ Effect: "Allow", Action: ["states:StartExecution"], Resource: [MACHINE] }]);
    expect(build({ stateMachineArn: `${MACHINE}:live` }).policy.Statement).toMatchObject([
      { Resource: [MACHINE], Condition: { "ForAnyValue:StringEquals": { "states:StateMachineQualifier": ["live"] } } },
    ]);
  });

  it("refuses what EventBridge refuses", () => {
    expect(() => build({ name: "two words" })).toThrow(/name: must be 1 to 64/);
    expect(() => build({ bucket: "Scones" })).toThrow(/bucket: must be the name of a bucket/);
    expect(() => build({ suffixes: [""] })).toThrow(/suffixes\[0\]/);
  });
});
