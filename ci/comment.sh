#!/usr/bin/env bash
# ci/comment.sh RUN_ID - writes the comment under a pull request, from the results of a run of the workflow `gpu`.
#
#   RUN_ID          the number of the run (required)
#   --no-install    install nothing
#   --help
#
# Builds `compare` from this checkout, which must be the default branch, then calls ci/comment.py.
# Environment: GITHUB_REPOSITORY, GITHUB_TOKEN. Exit: as ci/comment.py: 0; 1 GitHub refused, or a build failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

run='' install=yes
parse_arguments "$@" <<'TABLE'
RUN_ID        run      number 1 required
--no-install  install  no
TABLE
[[ -n ${GITHUB_TOKEN:-} ]] || die "GITHUB_TOKEN is not set; see ci/comment.sh --help"

if [[ $install == yes ]]; then "$root/ci/setup.sh"; fi
build compare-only compare
"$root/ci/comment.py" "$run" --compare "$root/build/compare-only/bin/compare"
