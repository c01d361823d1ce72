import { monitoringPages, monitoringPictures } from "./monitoring-pictures.js";
import type { Picture, PicturedPage } from "./picture.js";
import { workflowPictures } from "./workflow-pictures.js";

/** Every picture that `npm run pictures` makes; another area adds its list here. */
export const PICTURES: readonly Picture[] = [...workflowPictures, ...monitoringPictures];

/** Every page that it takes screenshots of. */
export const PAGES: readonly PicturedPage[] = monitoringPages;
