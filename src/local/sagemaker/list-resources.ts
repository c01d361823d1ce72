import { validationError } from "../service-error.js";
import { epochSeconds } from "./environment.js";

/** What a List operation knows of a resource. @internal */
export interface ListedResource {
  readonly name: string;
  readonly created: Date;
  /** Time of the last change; that of the creation where nothing ever changes. */
  readonly changed: Date;
  /** Its status, where it has one. */
  readonly status?: string;
  /** Value of its objective, where it has one. */
  readonly value?: number;
  /** What the list shows. */
  readonly summary: unknown;
}

/** A List request after its shape was checked; not every operation has every member. @internal */
export interface ListRequest {
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly NameContains?: string;
  readonly CreationTimeAfter?: number;
  readonly CreationTimeBefore?: number;
  readonly LastModifiedTimeAfter?: number;
  readonly LastModifiedTimeBefore?: number;
  readonly StatusEquals?: string;
  readonly SortBy?: string;
  readonly SortOrder?: string;
}

/** One page of a list. @internal */
export interface ListPage {
  readonly summaries: readonly unknown[];
  readonly NextToken: string | undefined;
}

const DEFAULT_PAGE = 10;

/**
 * Filters, sorts and pages a list as SageMaker does. A page goes on after the last resource of the one before it, so that
 * nothing is left out or shown twice when others come and go in between.
 *
 * @param resources - All resources.
 * @param request - See {@link ListRequest}.
 * @param defaultOrder - Order without `SortOrder`, which differs between the operations.
 * @returns The page.
 * @internal
 */
export function listResources(
  resources: readonly ListedResource[],
  request: ListRequest,
  defaultOrder: "Ascending" | "Descending" = "Descending",
): ListPage {
  const { MaxResults = DEFAULT_PAGE, SortBy = "CreationTime", SortOrder = defaultOrder, NextToken } = request;
  const direction = SortOrder === "Ascending" ? 1 : -1;
  const keyed = resources
    .filter((resource) => isWanted(resource, request))
    .map((resource) => ({ resource, key: sortKey(resource, SortBy) }))
    .sort((one, other) => direction * compareKeys(one.key, other.key));
  const after = NextToken === undefined ? undefined : parseToken(NextToken);
  const rest = after === undefined ? keyed : keyed.filter(({ key }) => direction * compareKeys(key, after) > 0);
  const page = rest.slice(0, MaxResults);
  const last = page.at(-1);
  return {
    summaries: page.map(({ resource }) => resource.summary),
    NextToken: last === undefined || rest.length <= page.length ? undefined : formatToken(last.key),
  };
}

/** What is sorted by, and the name, which decides between equals. */
type SortKey = readonly [value: string | number, name: string];

function sortKey({ name, created, status = "", value = -1 }: ListedResource, sortBy: string): SortKey {
  if (sortBy === "Name") return [name, name];
  if (sortBy === "FinalObjectiveMetricValue") return [value, name];
  return [sortBy === "Status" ? status : created.getTime(), name];
}

function compareKeys(one: SortKey, other: SortKey): number {
  for (const place of [0, 1] as const) {
    if (one[place] < other[place]) return -1;
    if (one[place] > other[place]) return 1;
  }
  return 0;
}

function isWanted({ name, created, changed, status }: ListedResource, request: ListRequest): boolean {
  const isWithin = (time: Date, after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY) =>
    epochSeconds(time) > after && epochSeconds(time) < before;
  return (
    name.toLowerCase().includes((request.NameContains ?? "").toLowerCase()) &&
    isWithin(created, request.CreationTimeAfter, request.CreationTimeBefore) &&
    isWithin(changed, request.LastModifiedTimeAfter, request.LastModifiedTimeBefore) &&
    (request.StatusEquals === undefined || request.StatusEquals === status)
  );
}

function formatToken(key: SortKey): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

function parseToken(token: string): SortKey {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parsed) && parsed.length === 2) {
      const [value, name]: unknown[] = parsed;
      if ((typeof value === "string" || typeof value === "number") && typeof name === "string") return [value, name];
    }
  } catch {
    // Whatever it is, this service did not write it.
  }
  throw validationError("The NextToken is not valid. Use the one of the page before, with the same request.");
}
