#!/usr/bin/env node
// Plain JavaScript, so that a Node.js too old for TypeScript says so instead of failing on the first file.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `podtrust: in a clone it needs Node.js 24 or newer, this is ${process.versions.node}. \`npm ci\` brings one on Linux ` +
      'and Windows: start it with `npm run -s podtrust -- …`. On macOS install Node.js 24.\n',
  );
  process.exitCode = 2;
} else {
  await import('./main.ts');
}
