// The local S3 in a process of its own, with a bucket: node bench/s3-server.mjs BUCKET prints its address and answers
// until its standard input ends. Plain JavaScript, run from the built package.
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { createLocalAws } from "scones-ml/local";

const [bucket] = process.argv.slice(2);
const aws = await createLocalAws();
await aws.clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
const { endpoint } = await aws.listen();
console.log(endpoint);
process.stdin.resume().on("end", () => aws.close());
