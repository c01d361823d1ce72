/** What the first function of an inference takes; the others take and hand on the same with more filled in. @internal */
export interface ImageEvent {
  readonly image_data: string;
  readonly s3_bucket: string;
  readonly s3_key: string;
  readonly inferences: readonly number[];
}

/** An image that was classified. @internal */
export interface ClassifiedImage extends ImageEvent {
  readonly label?: string;
  readonly confidence?: number;
}
