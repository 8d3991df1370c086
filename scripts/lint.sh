#!/usr/bin/env bash
# podtrust lint from a clone of this repository, for the GitHub Action and the pre-commit hook: what it needs is
# installed on first use, from the lock file and without install scripts. Runs in the caller's folder.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# npm writes this file when everything else is there.
if [ ! -f "$home/node_modules/.package-lock.json" ]; then
  (cd "$home" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund >&2) || {
    echo "podtrust: npm ci in $home failed, and nothing was judged." >&2
    exit 2
  }
fi
node="$home/node_modules/.bin/node"
[ -x "$node" ] || node=node
exec "$node" "$home/cli/podtrust.mjs" lint "$@"
