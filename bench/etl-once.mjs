// Runs one ETL in a process of its own: node bench/etl-once.mjs ARCHIVE DIRECTORY. Plain JavaScript, so that neither
// a compiler nor its memory is measured.
import { CifarExtractor, writeDataset } from "scones-ml/etl";

const [source, directory] = process.argv.slice(2);
const extractor = new CifarExtractor({ source });
const dataset = await writeDataset({ images: extractor.images(), labels: extractor.labels, directory });
const images = dataset.train.count + dataset.test.count;
console.log(JSON.stringify({ images, peakMiB: process.resourceUsage().maxRSS / 1024 }));
