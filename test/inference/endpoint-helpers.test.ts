import {
  ApplicationAutoScalingClient,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { estimateEndpointCost } from "../../src/inference/endpoints/endpoint-cost.js";
import { explainInvocationError } from "../../src/inference/endpoints/explain-invocation-error.js";
import { scaleEndpoint } from "../../src/inference/endpoints/scale-endpoint.js";

it("registers a variant and tracks its invocations", async () => {
  const autoScaling = new ApplicationAutoScalingClient({ region: "us-east-1" });
  const aws = mockClient(autoScaling);
  await scaleEndpoint({ endpointName: "e", maxInstances: 4, invocationsPerInstance: 600, clients: { autoScaling } });
  const ResourceId = "endpoint/e/variant/AllTraffic";
  const [target] = aws.commandCalls(RegisterScalableTargetCommand);
  expect(target?.args[0].input).toMatchObject({ ResourceId, MinCapacity: 1, MaxCapacity: 4 });
  const [policy] = aws.commandCalls(PutScalingPolicyCommand);
  expect(policy?.args[0].input).toMatchObject({
    ResourceId,
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 600 },
  });
});

it("reckons with the caller's prices and names their date", () => {
  expect(estimateEndpointCost({ hours: 24 })?.usd).toBeCloseTo(5.52);
  const own = estimateEndpointCost({ hours: 2, prices: { "ml.m5.xlarge": 1 }, pricesAsOf: "2027-01" });
  expect(own).toMatchObject({ usd: 2, priceSource: "given by the caller, 2027-01" });
  expect(estimateEndpointCost({ hours: 1, instanceType: "ml.unknown.large" })).toBeUndefined();
});

it.each([
  ["ModelError", { OriginalStatusCode: 500 }, { kind: "model", retryable: true, modelStatus: 500 }],
  ["ModelError", { OriginalStatusCode: 413 }, { kind: "model", retryable: false, modelStatus: 413 }],
  ["ModelNotReadyException", {}, { kind: "not-ready", retryable: true }],
  ["InternalFailure", {}, { kind: "service", retryable: true }],
  ["ServiceUnavailable", {}, { kind: "service", retryable: true }],
  ["InternalDependencyException", {}, { kind: "service", retryable: true }],
  ["ThrottlingException", {}, { kind: "throttled", retryable: true }],
  ["ValidationError", { message: "Endpoint e of account 1 not found." }, { kind: "not-found", retryable: false }],
  ["ValidationError", { message: "bad" }, { kind: "request", retryable: false }],
  ["AccessDeniedException", {}, { kind: "access", retryable: false }],
])("tells %s %o apart", (name, members, expected) => {
  expect(explainInvocationError(Object.assign(new Error("x"), { name }, members))).toEqual(expected);
});
