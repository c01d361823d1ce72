import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Topic } from "aws-cdk-lib/aws-sns";
import { DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { definition } from "./workflow.js";

/** What the stack works with. */
export interface SconesStackProps extends StackProps {
  /** The SageMaker endpoint, in lower case. */
  readonly endpointName: string;
}

/** Functions, state machine and trigger as a CDK stack. aws-cdk-lib is no dependency of scones-ml: add it to your app. */
export class SconesStack extends Stack {
  constructor(scope: Construct, id: string, props: SconesStackProps) {
    super(scope, id, props);
    const images = new Bucket(this, "Images", { eventBridgeEnabled: true, removalPolicy: RemovalPolicy.RETAIN });
    const notices = new Topic(this, "Notices");

    const createFunction = (name: string, seconds: number, environment: Record<string, string> = {}) =>
      new NodejsFunction(this, name, {
        entry: `examples/lambda/${name}.ts`,
        runtime: Runtime.NODEJS_22_X,
        architecture: Architecture.ARM_64,
        memorySize: 512,
        timeout: Duration.seconds(seconds),
        environment,
      });
    const serialize = createFunction("serialize", 30);
    const classify = createFunction("classify", 70, { ENDPOINT_NAME: props.endpointName });
    const filter = createFunction("filter", 10, { THRESHOLD: "0.7" });
    images.grantRead(serialize);
    images.grantRead(classify);
    const endpointArn = this.formatArn({
      service: "sagemaker",
      resource: "endpoint",
      resourceName: props.endpointName,
    });
    classify.addToRolePolicy(new PolicyStatement({ actions: ["sagemaker:InvokeEndpoint"], resources: [endpointArn] }));

    const machine = new StateMachine(this, "Inference", {
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      definitionSubstitutions: {
        SerializeFunctionArn: serialize.functionArn,
        ClassifyFunctionArn: classify.functionArn,
        FilterFunctionArn: filter.functionArn,
        NoticeTopicArn: notices.topicArn,
      },
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, "InferenceLogs", {
          logGroupName: `/aws/vendedlogs/states/${this.stackName}`,
          retention: RetentionDays.ONE_MONTH,
        }),
        level: LogLevel.ERROR,
      },
    });
    // From a string CDK cannot tell what the machine calls.
    for (const target of [serialize, classify, filter]) target.grantInvoke(machine);
    notices.grantPublish(machine);

    // The handlers take an event of S3 as it is, so that it needs no transformation.
    new Rule(this, "Uploads", {
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [images.bucketName] }, object: { key: [{ wildcard: "uploads/*.png" }] } },
      },
      targets: [new SfnStateMachine(machine)],
    });
  }
}
