import { validationError } from "../service-error.js";

/** A tag as the requests carry it. @internal */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const MAX_TAGS = 50;

/** The tags of all resources of the local SageMaker. @internal */
export class Tags {
  readonly #byArn = new Map<string, Map<string, string>>();

  /** Begins to keep the tags of a new resource. */
  create(arn: string, tags: readonly Tag[] = []): void {
    this.#byArn.set(arn, new Map(tags.map(({ Key, Value }) => [Key, Value])));
  }

  /** Forgets the tags of a resource that is gone. */
  forget(arn: string): void {
    this.#byArn.delete(arn);
  }

  /** Adds tags, or changes their values. */
  add({ ResourceArn, Tags }: { readonly ResourceArn: string; readonly Tags: readonly Tag[] }): unknown {
    const kept = this.#find(ResourceArn);
    const all = new Map([...kept, ...Tags.map(({ Key, Value }) => [Key, Value] as const)]);
    if (all.size > MAX_TAGS) {
      throw validationError(`The resource would have ${all.size} tags; a resource has at most ${MAX_TAGS}.`);
    }
    for (const [key, value] of all) kept.set(key, value);
    return { Tags: describe(kept) };
  }

  /** Takes tags away. */
  delete({ ResourceArn, TagKeys }: { readonly ResourceArn: string; readonly TagKeys: readonly string[] }): unknown {
    const kept = this.#find(ResourceArn);
    for (const key of TagKeys) kept.delete(key);
    return {};
  }

  /** Lists the tags of a resource; they always fit on one page. */
  list({ ResourceArn }: { readonly ResourceArn: string }): unknown {
    return { Tags: describe(this.#find(ResourceArn)) };
  }

  #find(arn: string): Map<string, string> {
    const tags = this.#byArn.get(arn);
    if (tags) return tags;
    throw validationError(`Could not find a resource with the ARN "${arn}".`);
  }
}

function describe(tags: ReadonlyMap<string, string>): readonly Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
