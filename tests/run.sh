#!/usr/bin/env bash
# Installs what the tests need, builds everything, runs all tests, and ends with one line: N passed, N failed, N skipped.
# Further arguments go to "dotnet test".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# How long damaged bodies are tried on all formats together; a plain dotnet test takes less.
export ANOMALY_TEST_FUZZ_SECONDS=${ANOMALY_TEST_FUZZ_SECONDS:-60}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then env DEBIAN_FRONTEND=noninteractive "$@"; else sudo env DEBIAN_FRONTEND=noninteractive "$@"; fi
}

if [[ -z ${ANOMALY_TEST_POSTGRES:-} ]] && ! command -v initdb >/dev/null && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    echo 'PostgreSQL is not installed: installing it. (ANOMALY_TEST_POSTGRES names a server to use instead.)'
    as_root apt-get update -qq
    as_root apt-get install -y -qq --no-install-recommends postgresql
fi

missing=()
for tool in softflowd nfdump tshark; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if [[ ${#missing[@]} -gt 0 ]]; then
    echo "Installing what flows are compared with: ${missing[*]}."
    as_root apt-get update -qq
    as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

# A NetFlow exporter, and what others read of it and of captures: the collector is held against them.
missing=()
for tool in softflowd nfdump tshark; do
    command -v "$tool" >/dev/null || [[ -x /usr/sbin/$tool ]] || missing+=("$tool")
done
if [[ ${#missing[@]} -gt 0 ]]; then
    echo "Not installed: ${missing[*]}. Installing."
    as_root apt-get update -qq
    as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

filter=()
if [[ ! -d ../shared/data && ! -d ${ANOMALY_TEST_DATA:-/nowhere} ]]; then
    echo 'Left out: the tests over the shared data, which is neither in ../shared/data nor where ANOMALY_TEST_DATA points.'
    filter=(--filter 'Data!=Shared')
fi

if ! dotnet build AnomalyApi.sln -c Release -v quiet --nologo; then
    echo 'The build failed; no test was run.' >&2
    exit 1
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT

# One project at a time: on a small machine two of them take each other's cores, and timings in them mean less.
status=0
dotnet test AnomalyApi.sln -c Release --no-build --nologo -m:1 "${filter[@]}" "$@" 2>&1 | tee "$output" || status=$?

read -r passed failed skipped < <(awk '
    /Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+, Total:/ {
        for (i = 1; i < NF; i++) {
            if ($i == "Failed:") failed += $(i + 1)
            if ($i == "Passed:") passed += $(i + 1)
            if ($i == "Skipped:") skipped += $(i + 1)
        }
    }
    END { print passed + 0, failed + 0, skipped + 0 }' "$output")
if [[ $status -ne 0 && $failed -eq 0 ]]; then
    echo 'A test run ended without a result.' >&2
fi

echo "$passed passed, $failed failed, $skipped skipped"
[[ $status -eq 0 && $failed -eq 0 ]]
