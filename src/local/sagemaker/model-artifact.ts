import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { extract, pack } from "tar-stream";

const MEMBER = "scones-local.weights";
const MAX_ARTIFACT_BYTES = 256 * 1024 * 1024;
const FIXED_TIME = new Date(0);

/**
 * Packs what a training job leaves: `model.tar.gz` with the weights and the shapes of the model.
 *
 * @param weights - The encoded network.
 * @param shapes - What `model-shapes.json` says.
 * @param checkpoints - Checkpoints that the job kept, by file name.
 * @returns The compressed archive; the same input gives the same bytes.
 * @internal
 */
export async function packModel(
  weights: Uint8Array,
  shapes: unknown,
  checkpoints: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Uint8Array> {
  const archive = pack();
  archive.entry({ name: MEMBER, mtime: FIXED_TIME }, Buffer.from(weights));
  archive.entry({ name: "model-shapes.json", mtime: FIXED_TIME }, JSON.stringify(shapes));
  for (const [name, bytes] of checkpoints) archive.entry({ name, mtime: FIXED_TIME }, Buffer.from(bytes));
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return promisify(gzip)(Buffer.concat(chunks));
}

/**
 * Takes the weights out of a `model.tar.gz` that a local training job wrote.
 *
 * @param artifact - The compressed archive.
 * @returns The encoded network.
 * @throws Error with the reason when it is another kind of archive.
 * @internal
 */
export async function unpackModel(artifact: Uint8Array): Promise<Uint8Array> {
  const tar = await promisify(gunzip)(artifact, { maxOutputLength: MAX_ARTIFACT_BYTES });
  const archive = extract();
  archive.end(tar);
  let weights: Uint8Array | undefined;
  for await (const entry of archive) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
    if (entry.header.name === MEMBER) weights = Buffer.concat(chunks);
  }
  if (weights === undefined) {
    throw new Error(`it holds no ${MEMBER}: the local AWS serves models that a local training job wrote`);
  }
  return weights;
}
