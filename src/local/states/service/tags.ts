import type { Tag } from "./state-machines.js";
import { namedError, statesError } from "./states-error.js";

/** Source: API reference, "TagResource". */
const MAX_TAGS = 50;

/** Tags of the machines and activities. @internal */
export class Tags {
  readonly #exists: (resourceArn: string) => boolean;
  readonly #tags = new Map<string, Map<string, string>>();

  /** @param exists - Whether there is something with an ARN that can have tags. */
  constructor(exists: (resourceArn: string) => boolean) {
    this.#exists = exists;
  }

  /** Sets tags. */
  add({ resourceArn, tags }: { readonly resourceArn: string; readonly tags: readonly Tag[] }): unknown {
    const all = new Map(this.#find(resourceArn));
    for (const { key = "", value = "" } of tags) all.set(key, value);
    if (all.size > MAX_TAGS) {
      throw statesError("TooManyTags", `A resource has at most ${MAX_TAGS} tags.`, { resourceName: resourceArn });
    }
    this.#tags.set(resourceArn, all);
    return {};
  }

  /** Removes tags. */
  remove({ resourceArn, tagKeys }: { readonly resourceArn: string; readonly tagKeys: readonly string[] }): unknown {
    const all = this.#find(resourceArn);
    for (const key of tagKeys) all.delete(key);
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

  #find(resourceArn: string): Map<string, string> {
    if (!this.#exists(resourceArn)) throw namedError("ResourceNotFound", resourceArn);
    const tags = this.#tags.get(resourceArn) ?? new Map<string, string>();
    this.#tags.set(resourceArn, tags);
    return tags;
  }
}
