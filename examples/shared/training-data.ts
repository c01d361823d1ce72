import type { CifarExtractorOptions } from "scones-ml/etl";
import { generateArchive } from "../end-to-end/generate-archive.js";
import type { Arguments, OptionTexts } from "./options.js";

/** Role of everything on the local AWS, which looks at no permissions. */
export const ROLE_ARN = "arn:aws:iam::000000000000:role/scones";

/** Options of every example that trains. */
export const TRAINING_OPTIONS = {
  data: { value: "FILE", help: "CIFAR-100 archive, cifar-100-python.tar.gz; without it images are generated" },
  images: { value: "N", default: "200", help: "generated training images of each class, from 16" },
  epochs: { value: "N", default: "10", help: "passes over the training images" },
  seed: { value: "N", default: "0", help: "decides everything that is random" },
} as const satisfies OptionTexts;

type Source = NonNullable<CifarExtractorOptions["source"]>;
type Generate = (options: { seed: number; trainPerClass: number; testPerClass: number }) => Source;

/** The archive that was named, or a generated one with a quarter as many test images as training images. */
export function openArchive(args: Arguments, generate: Generate = generateArchive): Source {
  const trainPerClass = args.whole("images", 16);
  const testPerClass = Math.ceil(trainPerClass / 4);
  return args.text("data") ?? generate({ seed: args.whole("seed", 0), trainPerClass, testPerClass });
}
