import { decodeImageRecord } from "../../core/image-record.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import { checkImages, HEAD_BYTES, SAMPLED_IMAGES, type SampledImage } from "./check-image.js";
import { checkManifest, type SplitCheck } from "./check-split.js";
import { readLstRows } from "./manifest-rows.js";

/** A folder of packed images has one file; more keys than these are not looked at. */
const LISTED_OBJECTS = 1000;
/** First four bytes of a record, little endian. Source: MXNet's `dmlc/recordio.h`. */
const MAGIC = 0xced7230a;
const HEADER_BYTES = 8;
const LENGTH_BITS = 0x1fffffff;

/**
 * Checks images packed in a `.rec` file: that it is there, that it is MXNet's RecordIO, and its first images. The
 * manifest beside it, which the job does not need, is checked where it is there.
 *
 * @param check - The split.
 * @param images - Location of the file, or of the folder that it is in.
 * @param manifest - Location of the manifest.
 * @internal
 */
export async function checkRecordIoSplit(check: SplitCheck, images: string, manifest: string): Promise<void> {
  const { split, job, s3, findings, unusable } = check;
  const place = parseS3Uri(images);
  await checkManifest(check, manifest, readLstRows, true);
  if (!unusable.has(place.bucket)) {
    const answer = await findings.attempt(
      `The ${split} images`,
      `s3:ListBucket on ${place.bucket} and s3:GetObject on ${images}`,
      async () => {
        const { sizes } = await s3.list(place, LISTED_OBJECTS);
        const key = [...sizes.keys()].find((name) => name.endsWith(".rec"));
        return key === undefined ? {} : { key, head: await s3.readHead({ ...place, key }, HEAD_BYTES) };
      },
    );
    if (answer !== undefined && answer.head === undefined) {
      findings.error(
        "DATA_NOT_FOUND",
        `There is no .rec file of ${split} images under ${images}.`,
        'Stage the data set with stageDataset and format "recordio", or correct its location.',
      );
    } else if (answer?.head !== undefined) {
      const sampled = readFirstImages(answer.head.bytes);
      if (sampled.length === 0) {
        findings.error(
          "IMAGE_INVALID",
          `${answer.key} does not begin with an image in MXNet's RecordIO; the protobuf RecordIO of other algorithms is another format.`,
          'Stage the data set with stageDataset and format "recordio".',
        );
      }
      checkImages(sampled, split, job, findings);
    }
  }
}

/** The images that begin within the first bytes of a file, the last of them cut. */
function readFirstImages(head: Buffer): readonly SampledImage[] {
  const images: SampledImage[] = [];
  let position = 0;
  while (images.length < SAMPLED_IMAGES && position + HEADER_BYTES <= head.length) {
    if (head.readUInt32LE(position) !== MAGIC) break;
    const length = head.readUInt32LE(position + 4) & LENGTH_BITS;
    const start = position + HEADER_BYTES;
    const image = readImage(head.subarray(start, start + length));
    if (image === undefined) break;
    images.push(image);
    position = start + Math.ceil(length / 4) * 4;
  }
  return images;
}

function readImage(record: Buffer): SampledImage | undefined {
  try {
    const { id, image } = decodeImageRecord(record);
    return { name: `number ${id}`, head: Buffer.from(image.buffer, image.byteOffset, image.byteLength) };
  } catch {
    // It is no image, or too little of it is at hand; the records before it are enough.
    return undefined;
  }
}
