#!/usr/bin/env bash
# Runs once, when the autograder is built: a Python of its own, with the packages that grading needs.
# Another root than /autograder may be named as the first argument.
set -eu
root="${1:-/autograder}"

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq || true
    apt-get install -y -qq libseccomp2 python3-venv || true
fi

new_enough() {
    "$1" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

made=""
for python in python3.13 python3.12 python3.11 python3; do
    if command -v "$python" >/dev/null && new_enough "$python"; then
        "$python" -m venv "$root/venv"
        made=yes
        break
    fi
done
if [ -z "$made" ]; then
    # The image's Python is too old: uv brings one along.
    python3 -m pip install --quiet uv
    python3 -m uv venv --seed --python 3.12 "$root/venv"
fi
"$root/venv/bin/python" -m pip install --quiet --no-cache-dir -r "$root/source/requirements.txt"
