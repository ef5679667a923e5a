#!/bin/sh
# SPDX-License-Identifier: MIT
# run_board.sh for the board a64.
exec sh "$(dirname "$0")/run_board.sh" a64 "$@"
