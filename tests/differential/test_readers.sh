#!/bin/bash
# YAML, JSON and TOML are read as Python reads them.
# usage: test_readers.sh NODE_DUMP_JSON
set -euo pipefail
command -v python3 >/dev/null || { echo 'SKIPPED: python3 is missing'; exit 77; }
python3 -c 'import yaml' 2>/dev/null || { echo 'SKIPPED: PyYAML is missing (package python3-yaml)'; exit 77; }
exec python3 "$(dirname "$0")/test_readers.py" "$1"
