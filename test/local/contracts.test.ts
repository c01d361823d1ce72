import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SFNClient } from "@aws-sdk/client-sfn";
import { describe } from "vitest";
import { createLocalAws } from "../../src/local/local-aws.js";
import { REAL_NAME, realAws } from "../contract/real-aws.js";
import { describeSageMaker } from "../contract/sagemaker.contract.js";
import { describeStates } from "../contract/states.contract.js";
import { ROLE_ARN } from "../helpers/contracts.js";

describeStates("of the local AWS", async () => {
  const local = await createLocalAws({ clock: "virtual" });
  return { sfn: local.clients.sfn, roleArn: ROLE_ARN, pollMs: 0, close: () => local.close() };
});

describeSageMaker("of the local AWS", async () => {
  const local = await createLocalAws();
  const { region, clients } = local;
  return { sagemaker: clients.sagemaker, region, roleArn: ROLE_ARN, close: () => local.close() };
});

describe.skipIf(realAws === undefined)(REAL_NAME, () => {
  const { region = "us-east-1", roleArn = ROLE_ARN } = realAws ?? {};
  describeStates("of AWS", async () => {
    const sfn = new SFNClient({ region });
    return { sfn, roleArn, pollMs: 1000, close: async () => sfn.destroy() };
  });
  describeSageMaker("of AWS", async () => {
    const sagemaker = new SageMakerClient({ region });
    return { sagemaker, region, roleArn, close: async () => sagemaker.destroy() };
  });
});
