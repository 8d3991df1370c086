// Loaded into a deployed function with NODE_OPTIONS=--require: kills its process once, as the environment dies under a
// function. PODTRUST_CRASH is `start|<target>|<file>` (before the request goes out) or `finish|<target>|<file>` (the
// service has answered, the function does not know it yet), where target is the x-amz-target of an AWS call and the file
// marks that it has happened.
const { subscribe } = require('node:diagnostics_channel');
const { openSync, closeSync } = require('node:fs');

const [when, target, marker] = (process.env.PODTRUST_CRASH ?? '').split('|');

subscribe(when === 'finish' ? 'http.client.response.finish' : 'http.client.request.start', ({ request }) => {
  if (target && request.getHeader('x-amz-target') === target && isFirst())
    process.kill(process.pid, 'SIGKILL');
});

function isFirst() {
  try {
    closeSync(openSync(marker, 'wx'));
    return true;
  } catch {
    return false;
  }
}
