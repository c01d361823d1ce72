/** A picture of docs/images; drawing it again gives the same bytes. */
export interface Picture {
  /** Name of its files without ending. */
  readonly name: string;
  /** Draws it as SVG, or writes a page as HTML. */
  readonly draw: () => string | Promise<string>;
  /** For a page: how much of its beginning is shown. Only the screenshot of a page is kept. */
  readonly page?: { readonly width: number; readonly height: number };
}
