/** Stops with a clear message on a Node.js too old for this project, instead of a syntax error later on. */
export function requireNode24(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= 24) return;
  throw new Error(
    `podtrust is developed on Node.js 24 or newer, this is ${version}. On Linux and Windows \`npm ci\` installs one ` +
      'into node_modules: start commands through `npm run` or `npx`. On macOS install Node.js 24.',
  );
}
