#!/usr/bin/env node
import { processIo } from './io.ts';
import { run } from './run.ts';
import { runInProcess } from './streams.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`podtrust: it needs Node.js 22.19 or newer, this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  await runInProcess(() => run(process.argv.slice(2), processIo()));
}
