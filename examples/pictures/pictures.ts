import { layersPicture } from "./layers-picture.js";
import { monitoringPages, monitoringPictures } from "./monitoring-pictures.js";
import type { Picture, PicturedPage, SitePage } from "./picture.js";
import { workflowPictures } from "./workflow-pictures.js";

/** Every picture that `npm run pictures` makes; another area adds its list here. */
export const PICTURES: readonly Picture[] = [layersPicture, ...workflowPictures, ...monitoringPictures];

/** Every page that it takes screenshots of. */
export const PAGES: readonly PicturedPage[] = monitoringPages;

/** Every page of the docs site that it takes screenshots of, where `npm run docs` has built it. */
export const SITE_PAGES: readonly SitePage[] = [
  { name: "docs-site", path: "index.html" },
  { name: "docs-guide", path: "documents/Monitoring.html" },
];
