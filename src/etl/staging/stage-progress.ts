/** Objects of one kind that a staging came upon. */
export interface StagedObjects {
  /** How many. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** What `stageDataset` tells while it works. */
export type StageProgressEvent =
  | {
      /** An object was stored, or was there already with the same content. */
      readonly type: "uploaded" | "unchanged";
      /** Its key. */
      readonly key: string;
      /** Its size. */
      readonly bytes: number;
    }
  | {
      /** A request failed in a way that may pass, and is tried again. */
      readonly type: "retry";
      /** Key of the object. */
      readonly key: string;
      /** How often it has failed. */
      readonly attempt: number;
      /** Name of the failure, such as `SlowDown`. */
      readonly reason: string;
    }
  | {
      /** Everything is in place. */
      readonly type: "complete";
      /** What was stored now. */
      readonly uploaded: StagedObjects;
      /** What was there already with the same content. */
      readonly unchanged: StagedObjects;
    }
  | {
      /** Something went wrong, and what this call had stored was removed again. */
      readonly type: "cleanup";
      /** Objects that were removed. */
      readonly removed: number;
      /** Keys that could not be removed and are still there. */
      readonly left: readonly string[];
    };
