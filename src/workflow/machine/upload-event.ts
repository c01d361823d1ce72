/** What an EventBridge rule looks for, as EventBridge and CloudFormation take it. */
export interface EventPattern {
  /** Service that sends the events. */
  readonly source: readonly string[];
  /** Kinds of events. */
  readonly "detail-type": readonly string[];
  /** What else has to hold. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** How an event becomes the input of an execution. */
export interface InputTransformer {
  /** Names for parts of the event. */
  readonly InputPathsMap: Readonly<Record<string, string>>;
  /** The input, with the names in angle brackets. */
  readonly InputTemplate: string;
}

/** Which objects are looked for. @internal */
export interface UploadFilter {
  /** Name of the bucket; in CloudFormation also a reference to one. */
  readonly bucket: unknown;
  readonly prefix: string;
  readonly suffixes: readonly string[];
}

/**
 * Describes the uploads that a rule looks for. EventBridge takes the tests of one field as alternatives, so prefix and
 * suffix are one wildcard. Objects without content are none.
 *
 * @param filter - See {@link UploadFilter}.
 * @returns The pattern.
 * @internal
 */
export function uploadPattern({ bucket, prefix, suffixes }: UploadFilter): EventPattern {
  const keys =
    suffixes.length === 0
      ? [{ prefix }]
      : suffixes.map((suffix) => (prefix === "" ? { suffix } : { wildcard: `${literal(prefix)}*${literal(suffix)}` }));
  const isAny = suffixes.length === 0 && prefix === "";
  return {
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: {
      bucket: { name: [bucket] },
      object: { ...(isAny ? {} : { key: keys }), size: [{ numeric: [">", 0] }] },
    },
  };
}

/** Makes of an upload what the inference workflow takes. EventBridge puts the quotes around text itself. @internal */
export const UPLOAD_TRANSFORMER: InputTransformer = {
  InputPathsMap: { bucket: "$.detail.bucket.name", key: "$.detail.object.key" },
  InputTemplate: '{"image_data":"","s3_bucket":<bucket>,"s3_key":<key>,"inferences":[]}',
};

function literal(text: string): string {
  return text.replace(/[\\*]/g, (character) => `\\${character}`);
}
