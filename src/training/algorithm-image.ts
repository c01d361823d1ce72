import { SconesError } from "../core/errors.js";

/** SageMaker publishes no image-classification container in a region. */
export class AlgorithmImageError extends SconesError<"REGION_UNSUPPORTED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "AlgorithmImageError";
  }
}

/**
 * Registry account of each region. Every region has its own; none can be derived from another.
 * Source: aws/sagemaker-python-sdk, image_uri_config/image-classification.json (content of 2024-09-10).
 */
const REGISTRY_ACCOUNTS: Readonly<Record<string, string>> = {
  "af-south-1": "455444449433",
  "ap-east-1": "286214385809",
  "ap-northeast-1": "501404015308",
  "ap-northeast-2": "306986355934",
  "ap-northeast-3": "867004704886",
  "ap-south-1": "991648021394",
  "ap-south-2": "628508329040",
  "ap-southeast-1": "475088953585",
  "ap-southeast-2": "544295431143",
  "ap-southeast-3": "951798379941",
  "ap-southeast-4": "106583098589",
  "ca-central-1": "469771592824",
  "ca-west-1": "190319476487",
  "cn-north-1": "390948362332",
  "cn-northwest-1": "387376663083",
  "eu-central-1": "813361260812",
  "eu-central-2": "680994064768",
  "eu-north-1": "669576153137",
  "eu-south-1": "257386234256",
  "eu-south-2": "104374241257",
  "eu-west-1": "685385470294",
  "eu-west-2": "644912444149",
  "eu-west-3": "749696950732",
  "il-central-1": "898809789911",
  "me-central-1": "272398656194",
  "me-south-1": "249704162688",
  "sa-east-1": "855470959533",
  "us-east-1": "811284229777",
  "us-east-2": "825641698319",
  "us-gov-east-1": "237065988967",
  "us-gov-west-1": "226302683700",
  "us-iso-east-1": "490574956308",
  "us-isob-east-1": "765400339828",
  "us-isof-east-1": "108575199400",
  "us-isof-south-1": "124985052026",
  "us-west-1": "632365934929",
  "us-west-2": "433757028032",
};

/** DNS suffix of the regions outside the `amazonaws.com` partitions. Source: boto/botocore, data/partitions.json. */
const DNS_SUFFIXES: Readonly<Record<string, string>> = {
  "cn-north-1": "amazonaws.com.cn",
  "cn-northwest-1": "amazonaws.com.cn",
  "us-iso-east-1": "c2s.ic.gov",
  "us-isob-east-1": "sc2s.sgov.gov",
  "us-isof-east-1": "csp.hci.ic.gov",
  "us-isof-south-1": "csp.hci.ic.gov",
};

/**
 * The container image of SageMaker's built-in image-classification algorithm in a region; the same image trains and
 * serves. The tag is `1`: AWS advises against `latest` where results must be repeatable.
 *
 * @param region - AWS region, such as `us-east-1`.
 * @returns The image's registry location.
 * @throws {@link AlgorithmImageError} `REGION_UNSUPPORTED` when the algorithm is not offered there.
 *
 * @example
 * ```ts
 * import { imageClassificationImageUri } from "scones-ml/training";
 *
 * console.log(imageClassificationImageUri("eu-west-1")); // 685385470294.dkr.ecr.eu-west-1.amazonaws.com/image-classification:1
 * ```
 */
export function imageClassificationImageUri(region: string): string {
  const account = Object.hasOwn(REGISTRY_ACCOUNTS, region) ? REGISTRY_ACCOUNTS[region] : undefined;
  if (account === undefined) {
    throw new AlgorithmImageError({
      code: "REGION_UNSUPPORTED",
      message: `SageMaker offers no built-in image-classification algorithm in the region "${region}". Use one of: ${Object.keys(REGISTRY_ACCOUNTS).join(", ")}.`,
      details: { region },
    });
  }
  return `${account}.dkr.ecr.${region}.${DNS_SUFFIXES[region] ?? "amazonaws.com"}/image-classification:1`;
}
