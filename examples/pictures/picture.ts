/** A picture of docs/images; drawing it again gives the same bytes. */
export interface Picture {
  /** Name of its files without ending. */
  readonly name: string;
  /** Draws it as SVG. */
  readonly draw: () => string | Promise<string>;
}
