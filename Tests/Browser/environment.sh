# shellcheck shell=sh disable=SC2154
# Sourced from the repository's root: makes $environment a Python environment with what drives the browser; ends the
# script that sourced it where there is none to be had.
requirements=Tests/Browser/requirements.txt

for program in chromium chromedriver mosquitto mosquitto_sub; do
    if ! PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$program" >/dev/null 2>&1; then
        echo "browser: there is no $program; Deploy/bootstrap --test installs it" >&2
        exit 1
    fi
done

if ! cmp -s "$requirements" "$environment/requirements.txt"; then
    python3 -m venv "$environment"
    if ! "$environment/bin/pip" install --quiet --disable-pip-version-check --retries 2 --timeout 20 \
        -r "$requirements" >"$environment/pip.log" 2>&1; then
        if grep -qE 'ConnectionError|NewConnection|ConnectTimeout|ReadTimeout|ProxyError|name resolution|unreachable' "$environment/pip.log"; then
            echo "browser: SKIPPED: the Python package index cannot be reached ($environment/pip.log)"
            exit 0
        fi
        cat "$environment/pip.log" >&2
        exit 1
    fi
    cp "$requirements" "$environment/requirements.txt"
fi
