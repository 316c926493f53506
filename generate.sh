#!/usr/bin/env bash
# ./generate.sh            generates generated/osvi_openapi from openapi.yaml; if nothing breaks, adds what is new to
#                          codegen/surface.yaml and CHANGELOG.md
# ./generate.sh --check    changes nothing, and fails if one of them is stale
#
# Needs only Python 3.11 or newer with pip. The generator and its formatter, pinned by their hashes, are installed into an
# environment of their own in the user's cache ($OSVI_CODEGEN_CACHE to put it elsewhere).
set -euo pipefail
# Of the caller's settings, only those for reaching a package index may have an effect.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

for python in "${PYTHON:-}" python3 python python3.14 python3.13 python3.12 python3.11; do
  [ -n "$python" ] && "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
  python=
done
[ -n "$python" ] || { echo "generate.sh: no Python 3.11 or newer (with venv) found; set PYTHON to one" >&2; exit 2; }

# Without a home, in the checkout: anyone may have made a folder of the shared temporary directory.
cache=${OSVI_CODEGEN_CACHE:-${XDG_CACHE_HOME:-${HOME:-$root}/.cache}/osvi-codegen}
# A new pin or interpreter gives another key, so an environment that exists is right.
key=$("$python" -c 'import hashlib, sys
print(hashlib.sha256("|".join([sys.version, sys.base_prefix, open(sys.argv[1]).read()]).encode()).hexdigest()[:16])' \
  "$root/codegen/requirements.txt")
if [ ! -e "$cache/$key/ready" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  if command -v flock >/dev/null; then flock 9; fi
  if [ ! -e "$cache/$key/ready" ]; then
    rm -rf "${cache:?}/$key"
    "$python" -m venv "$cache/$key"
    "$cache/$key/bin/python" -I -m pip install --quiet --disable-pip-version-check --require-hashes \
      -r "$root/codegen/requirements.txt" || { echo "generate.sh: the pinned tools could not be installed" >&2; exit 2; }
    touch "$cache/$key/ready"
  fi
  exec 9>&-
fi
# wrapper: for osvi_runtime, which the generated code imports. -P: nothing is imported from the caller's directory.
PYTHONPATH=$root:$root/wrapper exec "$cache/$key/bin/python" -P -B -m codegen.generate "$@"
