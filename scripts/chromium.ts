import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable'];

/** Quiet, without a sandbox (containers have none) and without calls of its own. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of Chromium. Where it is missing, on Debian and as root, it is installed; elsewhere this throws what to do. */
export function haveChromium(): string {
  const found = installed();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    throw new Error(`Chromium is needed at one of ${PLACES.join(', ')}: apt-get install chromium.`);
  const apt = (...argv: string[]) =>
    execFileSync('apt-get', argv, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update', '-q');
  apt('install', '-qy', '--no-install-recommends', 'chromium', 'fonts-dejavu-core', 'fonts-noto-color-emoji');
  const now = installed();
  if (now === undefined)
    throw new Error('apt-get installed chromium, and it is at none of the usual places.');
  return now;
}

function installed(): string | undefined {
  return PLACES.find((place) => existsSync(place));
}
