#!/usr/bin/env bash
# new-version.sh v1.36.3: writes go.mod and go.sum for that Kubernetes, whose staging modules are replaced by their
# published versions. The suite reads the version from go.mod.
set -eu
cd "$(dirname "$0")"
version=$1 staging=v0.${1#v1.}
upstream=$(cd "$(mktemp -d)" && go mod download -json "k8s.io/kubernetes@$version" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')
{
  printf 'module podtrust.test/kubeapi\n\n'
  grep -E '^(go|godebug) ' "$upstream"
  printf '\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$version"
  sed -n "s#^\s*\(k8s.io/[^ ]*\) => ./staging/.*#\t\1 => \1 $staging#p" "$upstream"
  printf ')\n'
} >go.mod.new
mv go.mod.new go.mod
rm -f go.sum
go mod tidy
