import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CifarExtractor, stageDataset } from "scones-ml/etl";
import {
  createClassifyHandler,
  createFilterHandler,
  createSerializeHandler,
  deployEndpoint,
} from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import { trainImageClassifier } from "scones-ml/training";
import { buildInferenceWorkflow, deployStateMachine } from "scones-ml/workflow";
import { generateArchive } from "./end-to-end/generate-archive.js";

/* A local AWS with everything in it, on a port, for the AWS CLI and other programs. Ctrl-C ends it. */
const PORT = Number(process.argv[2] ?? "4566");
const BUCKET = "scones-unlimited";
const roleArn = "arn:aws:iam::000000000000:role/scones-unlimited";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
const local = await createLocalAws();
const { clients } = local;
await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
console.log("staging and training on a generated data set ...");
const extractor = new CifarExtractor({ source: generateArchive() });
const dataset = await stageDataset({
  images: extractor.images(),
  labels: extractor.labels,
  destination: { bucket: BUCKET },
  clients,
});
const model = await trainImageClassifier({ dataset, roleArn, output: `s3://${BUCKET}/models/image_model`, clients });
const endpoint = await deployEndpoint({
  model,
  roleArn,
  endpointName: "scones-vehicles",
  capture: { destination: `s3://${BUCKET}/data_capture` },
  clients,
});
const { endpointName, labels } = endpoint;
const functions = {
  serialize: local.registerFunction("scones-serialize", createSerializeHandler({ clients })),
  classify: local.registerFunction("scones-classify", createClassifyHandler({ endpointName, labels, clients })),
  filter: local.registerFunction("scones-filter", createFilterHandler({ threshold: 0.7 })),
};
const definition = buildInferenceWorkflow({ functions });
const machine = await deployStateMachine({ name: "scones-inference", definition, roleArn, clients });
const server = await local.listen({ port: PORT });
console.log(`listening on ${server.endpoint}`);
console.log(`endpoint ${endpointName}, state machine ${machine.stateMachineArn}, bucket ${BUCKET}`);

process.once("SIGINT", () => void local.close());
process.once("SIGTERM", () => void local.close());
