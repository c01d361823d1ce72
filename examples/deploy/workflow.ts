import { buildInferenceWorkflow } from "scones-ml/workflow";

/** What a tool fills in: CloudFormation, CDK, SAM and Terraform all write it as `${Name}`. */
const variable = (name: string) => `\${${name}}`;

/** The inference workflow without an account, a region or a name in it. */
export const definition = buildInferenceWorkflow({
  functions: {
    serialize: variable("SerializeFunctionArn"),
    classify: variable("ClassifyFunctionArn"),
    filter: variable("FilterFunctionArn"),
  },
  onFailure: { type: "sns", topicArn: variable("NoticeTopicArn") },
});
