import type { Shape } from "../shapes.js";
import { endpointShapes } from "./endpoint-shapes.js";
import { jobShapes } from "./job-shapes.js";
import { listShapes } from "./list-shapes.js";
import { integer, listOf, structure, tags, text } from "./shape-parts.js";
import { tuningShapes } from "./tuning-shapes.js";

const resourceArn = text({ max: 256, pattern: /arn:.*/ });

/** The shape of each request that the local SageMaker takes, by operation. @internal */
export const requestShapes = {
  ...jobShapes,
  ...endpointShapes,
  ...listShapes,
  ...tuningShapes,
  AddTags: structure({ ResourceArn: resourceArn, Tags: tags }, "ResourceArn", "Tags"),
  DeleteTags: structure(
    { ResourceArn: resourceArn, TagKeys: listOf(text({ min: 1, max: 128 }), { min: 1, max: 50 }) },
    "ResourceArn",
    "TagKeys",
  ),
  ListTags: structure(
    { ResourceArn: resourceArn, NextToken: text({ max: 8192 }), MaxResults: integer({ min: 50 }) },
    "ResourceArn",
  ),
} as const satisfies Readonly<Record<string, Shape>>;

/** An operation that the local SageMaker has. @internal */
export type SageMakerOperation = keyof typeof requestShapes;
