/** A published archive: its address, size and checksum. */
export interface PublishedArchive {
  /** Address of the archive. */
  readonly url: string;
  /** Its size in bytes. */
  readonly bytes: number;
  /** Its MD5 checksum in hexadecimal digits. */
  readonly md5: string;
}

/** Name of a published archive: its data set and its format. */
export type CifarArchiveName = "cifar-100-python" | "cifar-100-binary" | "cifar-10-python" | "cifar-10-binary";

/**
 * The CIFAR archives that {@link CifarExtractor} reads, by name. Source: the data sets' home page; the checksums are
 * those that torchvision and other loaders use. Their host has been slow since June 2026: pass `mirrors` if you have any.
 */
export const CIFAR_ARCHIVES: Readonly<Record<CifarArchiveName, PublishedArchive>> = {
  "cifar-100-python": {
    url: "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
    bytes: 169_001_437,
    md5: "eb9058c3a382ffc7106e4002c42a8d85",
  },
  "cifar-100-binary": {
    url: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
    bytes: 168_513_733,
    md5: "03b5dce01913d631647c71ecec9e9cb8",
  },
  "cifar-10-python": {
    url: "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    bytes: 170_498_071,
    md5: "c58f30108f718f92721af3b95e74349a",
  },
  "cifar-10-binary": {
    url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    bytes: 170_052_171,
    md5: "c32a1d4ab5d03f1284b67883e8d87530",
  },
};

/** A data set that comes in these archives. @internal */
export type CifarDataset = "CIFAR-100" | "CIFAR-10";
/** How an archive writes its rows. @internal */
export type CifarEncoding = "python" | "binary";

/** What one member of an archive holds. @internal */
export type CifarMember =
  | {
      readonly kind: "batch";
      readonly split: "train" | "test";
      /** Row of the split that its first row is. */
      readonly firstRow: number;
      /** Published checksum, where there is one. */
      readonly md5?: string;
    }
  | { readonly kind: "names"; readonly md5?: string };

/** How an archive is laid out. @internal */
export interface CifarLayout {
  readonly dataset: CifarDataset;
  readonly encoding: CifarEncoding;
  readonly archive: PublishedArchive;
  /** The members that are read, by name without a folder. */
  readonly members: Readonly<Record<string, CifarMember>>;
}

/** Rows of one batch of CIFAR-10; CIFAR-100 has one batch a split. @internal */
export const CIFAR_10_BATCH_ROWS = 10_000;

/** Checksums of the members of the CIFAR-10 python archive. Source: torchvision, `datasets/cifar.py`. */
const CIFAR_10_BATCHES = [
  "c99cafc152244af753f735de768cd75f",
  "d4bba439e000b95fd0a9bffe97cbabec",
  "54ebc095f3ab1f0389bbae665268c751",
  "634d18415352ddfa80567beed471001a",
  "482c414d41f54cd18b22e5b47cb7c3cb",
];

/** All layouts; no two share the name of a member. @internal */
export const CIFAR_LAYOUTS: readonly CifarLayout[] = [
  {
    dataset: "CIFAR-100",
    encoding: "python",
    archive: CIFAR_ARCHIVES["cifar-100-python"],
    // Checksums as in torchvision, `datasets/cifar.py`.
    members: {
      train: { kind: "batch", split: "train", firstRow: 0, md5: "16019d7e3df5f24257cddd939b257f8d" },
      test: { kind: "batch", split: "test", firstRow: 0, md5: "f0ef6b0ae62326f3e7ffdfab6717acfc" },
      meta: { kind: "names", md5: "7973b15100ade9c7d40fb424638fde48" },
    },
  },
  {
    dataset: "CIFAR-100",
    encoding: "binary",
    archive: CIFAR_ARCHIVES["cifar-100-binary"],
    members: {
      "train.bin": { kind: "batch", split: "train", firstRow: 0 },
      "test.bin": { kind: "batch", split: "test", firstRow: 0 },
      "fine_label_names.txt": { kind: "names" },
      "coarse_label_names.txt": { kind: "names" },
    },
  },
  {
    dataset: "CIFAR-10",
    encoding: "python",
    archive: CIFAR_ARCHIVES["cifar-10-python"],
    members: {
      ...Object.fromEntries(CIFAR_10_BATCHES.map((md5, index) => [`data_batch_${index + 1}`, trainBatch(index, md5)])),
      test_batch: { kind: "batch", split: "test", firstRow: 0, md5: "40351d587109b95175f43aff81a1287e" },
      "batches.meta": { kind: "names", md5: "5ff9c542aee3614f3951f8cda6e48888" },
    },
  },
  {
    dataset: "CIFAR-10",
    encoding: "binary",
    archive: CIFAR_ARCHIVES["cifar-10-binary"],
    members: {
      ...Object.fromEntries(CIFAR_10_BATCHES.map((_, index) => [`data_batch_${index + 1}.bin`, trainBatch(index)])),
      "test_batch.bin": { kind: "batch", split: "test", firstRow: 0 },
      "batches.meta.txt": { kind: "names" },
    },
  },
];

function trainBatch(index: number, md5?: string): CifarMember {
  const firstRow = index * CIFAR_10_BATCH_ROWS;
  return { kind: "batch", split: "train", firstRow, ...(md5 === undefined ? {} : { md5 }) };
}
