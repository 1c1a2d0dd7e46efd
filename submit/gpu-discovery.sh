#!/usr/bin/env bash
# The machine's NVIDIA GPUs as Spark's resource discovery wants them: {"name": "gpu", "addresses": ["0", "1"]}
set -euo pipefail
nvidia-smi --query-gpu=index --format=csv,noheader |
  awk '{ printf "%s\"%s\"", separator, $1; separator = ", " } BEGIN { printf "{\"name\": \"gpu\", \"addresses\": [" } END { print "]}" }'
