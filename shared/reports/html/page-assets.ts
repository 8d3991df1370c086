/** The code and the style of the page, built once (scripts/report-page.ts), and what the page's own policy admits. */
export interface PageAssets {
  /** JavaScript, one classic script. */
  readonly script: string;
  /** CSS. */
  readonly style: string;
  /** Hash sources of the Content-Security-Policy: `sha256-…`, over exactly these texts in UTF-8. */
  readonly scriptHash: string;
  readonly styleHash: string;
}
