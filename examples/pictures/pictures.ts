import { drawReport, monitoringPictures } from "./monitoring-pictures.js";
import type { Picture } from "./picture.js";
import { workflowPictures } from "./workflow-pictures.js";

/** Every picture that `npm run pictures` makes; another area adds its list here. */
export const PICTURES: readonly Picture[] = [
  ...workflowPictures,
  ...monitoringPictures,
  { name: "report", draw: drawReport, page: { width: 1000, height: 1230 } },
];
