#!/usr/bin/env bash
# Sets up what Mailbot needs: system packages through apt where they are missing, and .venv from the hash-pinned lock.
# Usage: scripts/setup.sh [test]
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 2; }

# What tenants' papers are written in; osd tells which script a page is in, and which way up it lies.
languages=(fra eng osd ara spa por tur ron rus ukr pol ita deu chi_sim ben tam)
packages=(tesseract-ocr)
for language in "${languages[@]}"; do packages+=("tesseract-ocr-${language//_/-}"); done
programs=(tesseract)
if [ "${1:-}" = test ]; then
    packages+=(dovecot-imapd redis-server postgresql openssl fonts-liberation fonts-dejavu-core systemd procps)
    programs+=(dovecot redis-server openssl systemd-analyze ps)
fi

python=
for candidate in python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail 'Python 3.11 or newer was not found; install the package python3'

missing=()
for program in "${programs[@]}"; do
    command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || missing+=("$program")
done
if [ "${1:-}" = test ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then missing+=(postgresql); fi
if [ "${1:-}" = test ] && [ ! -e /usr/share/fonts/truetype/liberation ] && [ ! -e /usr/share/fonts/truetype/liberation2 ]; then missing+=(fonts); fi
if command -v tesseract >/dev/null; then
    installed=$(tesseract --list-langs 2>/dev/null || true)
    for language in "${languages[@]}"; do grep -qx "$language" <<<"$installed" || missing+=("tesseract-$language"); done
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null || { missing+=(venv); packages+=("$($python -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"); }

if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || fail "missing: ${missing[*]}; install these packages yourself: ${packages[*]}"
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "missing: ${missing[*]}; as root, run: apt-get install ${packages[*]}"
        sudo=sudo
    fi
    if [ -t 0 ] && [ -z "${CI:-}" ]; then
        read -r -p "setup: install with apt: ${packages[*]} ? [Y/n] " answer
        case "$answer" in [nN]*) fail 'nothing was installed; Mailbot cannot read scans without tesseract' ;; esac
    fi
    say "installing system packages: ${packages[*]}"
    # Servers are started by the tests, on ports of their own: the system's must not start by themselves.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' | $sudo tee /usr/sbin/policy-rc.d >/dev/null
        $sudo chmod +x /usr/sbin/policy-rc.d
        trap '$sudo rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq || say 'apt-get update failed; trying with the lists at hand'
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null \
        || fail "apt-get could not install ${packages[*]}; see its words above"
fi

lock=requirements/dev.txt
stamp=.venv/.synced
wanted=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi
[ -x .venv/bin/python ] || { say 'making .venv'; "$python" -m venv .venv || fail '.venv could not be made; see the words above'; }
say 'installing Python packages from the lock file'
if .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt; then
    UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip sync -q --python .venv/bin/python --require-hashes --compile-bytecode "$lock" requirements/uv.txt \
        || fail "uv could not install $lock; see its words above"
else
    say 'uv cannot be had; going on with pip'
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" || fail "pip could not install $lock"
fi
# The project itself, so that `.venv/bin/mailbot` is there: a path and two launchers, no build.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd > "$site/mailbot-project.pth"
printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m mailbot "$@"\n' "$PWD" > .venv/bin/mailbot
chmod +x .venv/bin/mailbot
printf '%s' "$wanted" > "$stamp"
say 'done'
