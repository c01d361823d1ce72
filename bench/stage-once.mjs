// Stages a data set in a process of its own: node bench/stage-once.mjs ARCHIVE ENDPOINT BUCKET PREFIX. Credentials and
// region come from the environment.
import { S3Client } from "@aws-sdk/client-s3";
import { CifarExtractor, stageDataset } from "scones-ml/etl";

const [source, endpoint, bucket, prefix] = process.argv.slice(2);
const s3 = new S3Client({ endpoint, forcePathStyle: true });
const extractor = new CifarExtractor({ source });
let complete;
await stageDataset({
  images: extractor.images(),
  labels: extractor.labels,
  destination: { bucket, prefix },
  clients: { s3 },
  onProgress: (event) => {
    if (event.type === "complete") complete = event;
  },
});
s3.destroy();
console.log(JSON.stringify({ sent: complete.uploaded.objects, skipped: complete.unchanged.objects }));
