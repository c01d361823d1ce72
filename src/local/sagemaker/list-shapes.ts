import type { Shape } from "../shapes.js";
import { integer, oneOf, structure, text, timestamp } from "./shape-parts.js";

/*
 * Requests of the List operations.
 * Source: boto/botocore, data/sagemaker/2017-07-24/service-2.json (1.43.67, 2026-08-07).
 */

const page = {
  NextToken: text({ max: 8192 }),
  MaxResults: integer({ min: 1, max: 100 }),
  NameContains: text({ max: 63, pattern: /[a-zA-Z0-9-]+/ }),
  CreationTimeAfter: timestamp,
  CreationTimeBefore: timestamp,
};
const changed = { LastModifiedTimeAfter: timestamp, LastModifiedTimeBefore: timestamp };
const byName = { SortBy: oneOf("Name", "CreationTime"), SortOrder: oneOf("Ascending", "Descending") };
const byStatus = { SortBy: oneOf("Name", "CreationTime", "Status"), SortOrder: oneOf("Ascending", "Descending") };

/** The shape of each List request, by operation. @internal */
export const listShapes = {
  ListTrainingJobs: structure({
    ...page,
    ...changed,
    ...byStatus,
    StatusEquals: oneOf("InProgress", "Completed", "Failed", "Stopping", "Stopped", "Deleting"),
  }),
  ListTransformJobs: structure({
    ...page,
    ...changed,
    ...byStatus,
    StatusEquals: oneOf("InProgress", "Completed", "Failed", "Stopping", "Stopped"),
  }),
  ListModels: structure({ ...page, ...byName }),
  ListEndpointConfigs: structure({ ...page, ...byName }),
  ListEndpoints: structure({
    ...page,
    ...changed,
    ...byStatus,
    StatusEquals: oneOf(
      "OutOfService",
      "Creating",
      "Updating",
      "SystemUpdating",
      "RollingBack",
      "InService",
      "Deleting",
      "Failed",
      "UpdateRollbackFailed",
    ),
  }),
} as const satisfies Readonly<Record<string, Shape>>;
