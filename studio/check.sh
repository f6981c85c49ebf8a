#!/usr/bin/env bash
# Builds the page again and compares it with what is committed, then goes the whole way in Chromium.
# PYTHON says which Python has restyle; without one only the build is compared.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --loglevel=error
npm run -s check
if [ -n "${PYTHON:-}" ]; then
  if ! [ -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
  fi
  npm run -s test
fi
