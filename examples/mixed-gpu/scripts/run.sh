#!/bin/sh
# Trains over night.
set -eu

export CUDA_VISIBLE_DEVICES=0
exec python -m tinyvision.train "$@"
