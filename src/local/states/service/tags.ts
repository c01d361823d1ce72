import { tagsSchema } from "../../kept/kept-schemas.js";
import type { Collection, Records } from "../../kept/records.js";
import type { Tag } from "./state-machines.js";
import { namedError, statesError } from "./states-error.js";

/** Source: API reference, "TagResource". */
const MAX_TAGS = 50;

/** Tags of the machines and activities. @internal */
export class Tags {
  readonly #exists: (resourceArn: string) => boolean;
  readonly #tags: Collection<ReadonlyMap<string, string>>;

  /**
   * @param exists - Whether there is something with an ARN that can have tags.
   * @param records - What keeps the tags.
   */
  constructor(exists: (resourceArn: string) => boolean, records: Records) {
    this.#exists = exists;
    this.#tags = records("states-tags", tagsSchema);
  }

  /** Sets the tags of something new; to be called before it is kept itself. */
  create(resourceArn: string, tags: readonly Tag[] = []): void {
    this.#set(resourceArn, new Map(tags.map(({ key = "", value = "" }) => [key, value])));
  }

  /** Sets tags. */
  add({ resourceArn, tags }: { readonly resourceArn: string; readonly tags: readonly Tag[] }): unknown {
    const all = new Map(this.#find(resourceArn));
    for (const { key = "", value = "" } of tags) all.set(key, value);
    this.#set(resourceArn, all);
    return {};
  }

  /** Removes tags. */
  remove({ resourceArn, tagKeys }: { readonly resourceArn: string; readonly tagKeys: readonly string[] }): unknown {
    const rest = new Map(this.#find(resourceArn));
    for (const key of tagKeys) rest.delete(key);
    this.#set(resourceArn, rest);
    return {};
  }

  /** Lists tags. */
  list({ resourceArn }: { readonly resourceArn: string }): unknown {
    return { tags: [...this.#find(resourceArn)].map(([key, value]) => ({ key, value })) };
  }

  /** Forgets the tags of what was deleted. */
  forget(resourceArn: string): void {
    this.#tags.delete(resourceArn);
  }

  #set(resourceArn: string, tags: ReadonlyMap<string, string>): void {
    if (tags.size > MAX_TAGS) {
      throw statesError("TooManyTags", `A resource has at most ${MAX_TAGS} tags.`, { resourceName: resourceArn });
    }
    if (tags.size > 0) this.#tags.set(resourceArn, tags);
    else this.#tags.delete(resourceArn);
  }

  #find(resourceArn: string): ReadonlyMap<string, string> {
    if (!this.#exists(resourceArn)) throw namedError("ResourceNotFound", resourceArn);
    return this.#tags.get(resourceArn) ?? new Map();
  }
}
