import { spawnSync } from 'node:child_process';
import { AnsiUp } from 'ansi_up';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, haveChromium } from './chromium.ts';

/** Takes the picture of the README: what `podtrust explain` prints of the organization that `npm run demo` kept. */
const ASKED = 'explain --cluster prod-shop --namespace shop --service-account payments';

const { stdout, status } = spawnSync(
  process.execPath,
  ['cli/podtrust.mjs', ...ASKED.split(' '), '--snapshot', 'podtrust-demo/snapshot.json'],
  { env: { ...process.env, FORCE_COLOR: '1' }, encoding: 'utf8' },
);
if (status !== 1) throw new Error(`podtrust explain exited ${status}; run \`npm run demo\` first.`);

const STYLE = `body { margin: 0; padding: 20px 24px; background: #14171c; color: #e4e7ec }
pre { margin: 0; font: 13.5px/1.5 ui-monospace, 'DejaVu Sans Mono', monospace; white-space: pre-wrap }
.ansi-red-fg { color: #ff8178 } .ansi-green-fg { color: #56d364 }`;

// Escapes what is no colour.
const colours = new AnsiUp();
colours.use_classes = true;
const page = `<style>${STYLE}</style><pre>$ podtrust ${ASKED}\n${colours.ansi_to_html(stdout.trimEnd())}</pre>`;

const browser = await chromium.launch({ executablePath: haveChromium(), args: CHROMIUM_FLAGS });
const tab = await browser.newPage({ viewport: { width: 1100, height: 100 } });
await tab.setContent(page);
await tab.screenshot({ path: 'docs/images/terminal.png', fullPage: true });
await browser.close();
