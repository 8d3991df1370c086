import { embeddedJson, escapedHtml } from './embed.ts';
import type { PageAssets } from './page-assets.ts';
import { type HtmlReportInput, reportData } from './report-data.ts';

/**
 * An audit as one HTML file that needs nothing else: its page is drawn from data in an inert element by the one script
 * that its Content-Security-Policy admits, and nothing can be loaded or sent. The same input gives the same bytes.
 */
export function htmlReport(input: HtmlReportInput, { script, style, ...hashes }: PageAssets): string {
  const data = reportData(input);
  const title = `podtrust report, ${data.takenAt.slice(0, 10)}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policyOf(hashes)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="generator" content="podtrust ${escapedHtml(data.version)}">`,
    `<title>${escapedHtml(title)}</title>`,
    // Cytoscape makes a style element of its own, which the policy would refuse, unless one with this id is there.
    `<style id="__________cytoscape_stylesheet">${style}</style>`,
    '</head>',
    '<body>',
    '<div id="page"></div>',
    '<noscript><p>This report draws itself with its own script: allow scripts for this file, or use another format of podtrust report.</p></noscript>',
    `<script type="application/json" id="data">${embeddedJson(data)}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Nothing may be loaded, sent or framed; the page's one script and one style are known by their hashes. */
function policyOf({ scriptHash, styleHash }: Pick<PageAssets, 'scriptHash' | 'styleHash'>): string {
  return [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
