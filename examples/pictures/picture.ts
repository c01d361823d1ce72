/** A picture of docs/images; drawing it again gives the same bytes. */
export interface Picture {
  /** Name of its files without ending. */
  readonly name: string;
  /** Draws it as SVG. */
  readonly draw: () => string | Promise<string>;
}

/** A page of the built docs site, which has files beside it. */
export interface SitePage {
  /** Name of its file without ending. */
  readonly name: string;
  /** Its path in `docs/api`. */
  readonly path: string;
}

/** A page of which docs/images has screenshots; writing it again gives the same bytes. */
export interface PicturedPage {
  /** Name of its file without ending. */
  readonly name: string;
  /** Writes it as HTML. */
  readonly write: () => string | Promise<string>;
  /** Width of the window. */
  readonly width: number;
  /** How much of it is taken from the top; all of it where that is absent. */
  readonly height?: number;
  /** Setting of the reader's system. */
  readonly scheme: "light" | "dark";
}
