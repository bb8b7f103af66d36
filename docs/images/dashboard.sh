#!/bin/sh
# Takes the pictures of the dashboard anew; see dashboard.py for what can be asked of it.
set -eu
cd "$(dirname "$0")/../.."
environment=.build/browser-env
# shellcheck disable=SC1091
. Tests/Browser/environment.sh
exec "$environment/bin/python" docs/images/dashboard.py "$@"
