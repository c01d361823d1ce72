import { tagsSchema } from "../kept/kept-schemas.js";
import type { Collection, Records } from "../kept/records.js";
import { validationError } from "../service-error.js";

/** A tag as the requests carry it. @internal */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const MAX_TAGS = 50;

/** The tags of all resources of the local SageMaker. @internal */
export class Tags {
  /** By ARN; a resource without tags has none here. */
  readonly #kept: Collection<ReadonlyMap<string, string>>;
  readonly #resources = new Set<string>();

  /** @param records - What keeps them. */
  constructor(records: Records) {
    this.#kept = records("sagemaker-tags", tagsSchema);
  }

  /** Begins to keep the tags of a new resource; to be called before the resource itself is kept. */
  create(arn: string, tags: readonly Tag[] = []): void {
    this.#set(arn, new Map(tags.map(({ Key, Value }) => [Key, Value])));
    this.#resources.add(arn);
  }

  /** Knows a resource of an earlier process again. */
  restore(arn: string): void {
    this.#resources.add(arn);
  }

  /** Forgets the tags of a resource that is gone. */
  forget(arn: string): void {
    this.#resources.delete(arn);
    this.#kept.delete(arn);
  }

  /** Adds tags, or changes their values. */
  add({ ResourceArn, Tags }: { readonly ResourceArn: string; readonly Tags: readonly Tag[] }): unknown {
    const all = new Map([...this.#find(ResourceArn), ...Tags.map(({ Key, Value }) => [Key, Value] as const)]);
    if (all.size > MAX_TAGS) {
      throw validationError(`The resource would have ${all.size} tags; a resource has at most ${MAX_TAGS}.`);
    }
    this.#set(ResourceArn, all);
    return { Tags: describe(all) };
  }

  /** Takes tags away. */
  delete({ ResourceArn, TagKeys }: { readonly ResourceArn: string; readonly TagKeys: readonly string[] }): unknown {
    const rest = new Map(this.#find(ResourceArn));
    for (const key of TagKeys) rest.delete(key);
    this.#set(ResourceArn, rest);
    return {};
  }

  /** Lists the tags of a resource; they always fit on one page. */
  list({ ResourceArn }: { readonly ResourceArn: string }): unknown {
    return { Tags: describe(this.#find(ResourceArn)) };
  }

  #set(arn: string, tags: ReadonlyMap<string, string>): void {
    if (tags.size > 0) this.#kept.set(arn, tags);
    else this.#kept.delete(arn);
  }

  #find(arn: string): ReadonlyMap<string, string> {
    if (this.#resources.has(arn)) return this.#kept.get(arn) ?? new Map();
    throw validationError(`Could not find a resource with the ARN "${arn}".`);
  }
}

function describe(tags: ReadonlyMap<string, string>): readonly Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
