#!/usr/bin/env bash
# Makes the embedded model from nothing: corpus, gate, audio tower, text tower, export, evaluation. `make train` calls this.
# Each stage is skipped where its result exists in WORK; delete a file to make it again.
set -euo pipefail
cd "$(dirname "$0")"
BINARY=${BINARY:-../../.build/release/ausculta}   # the product's own executable, release build
WORK=${WORK:-../../.build/training}               # corpora and intermediate results: about 8 GB, never committed
OUT=${OUT:-../embedded}
PYTHON=${PYTHON:-python3}
PROCESSES=${PROCESSES:-2}
SHARDS=${SHARDS:-40}                              # of 1,200 windows: 20 individuals of every kind and generator
STEPS=${STEPS:-5500}                              # of 32 windows per process
MORE_STEPS=${MORE_STEPS:-2800}                    # a second, gentler round from the first one's result
LEFT_OUT_STEPS=${LEFT_OUT_STEPS:-4000}            # without generator b, to see what is learned of it; 0: not
START=${START:-}                                  # folder of an earlier model to start both towers from
BINARY=$(realpath "$BINARY")
[ -z "$START" ] || START=$(realpath "$START")
mkdir -p "$WORK"
WORK=$(realpath "$WORK")
export OMP_NUM_THREADS=1

COMMON=(--windows 1 --others 1 --snr-range 0...35 --severities 0.25...1 --rates "48000,48000,48000,16000,16000,8000")
for shard in $(seq -f %02g 0 $((SHARDS - 1))); do
    first=$((10#$shard * 20))
    [ -f "$WORK/train-$shard.json" ] || "$PYTHON" corpus.py --binary "$BINARY" --workers "$PROCESSES" \
        --individuals $first $((first + 20)) --out "$WORK/train-$shard" -- "${COMMON[@]}"
done
[ -f "$WORK/val.json" ] || "$PYTHON" corpus.py --binary "$BINARY" --workers "$PROCESSES" \
    --individuals 500000 500012 --out "$WORK/val" -- --windows 1 --others 1 --snr-range 5...25 --severities 0.35...1 \
    --rates 48000,48000,16000

"$PYTHON" frontend.py
"$PYTHON" model.py
"$PYTHON" gate.py --train "$WORK"/train-0[0-2].npy --test "$WORK/val"
audio() { "$PYTHON" train_audio.py --train "$WORK/train-*.npy" --val "$WORK/val" --processes "$PROCESSES" "$@"; }
[ -f "$WORK/audio.done" ] || {
    audio --out "$WORK/audio.pt" --steps "$STEPS" ${START:+--resume "$START/model.safetensors"}
    cp "$WORK/audio.pt" "$WORK/audio-first.pt"
    audio --out "$WORK/audio.pt" --steps "$MORE_STEPS" --resume "$WORK/audio-first.pt" --rate 5e-4
    touch "$WORK/audio.done"
}
[ -f "$WORK/both.pt" ] || "$PYTHON" train_text.py --audio "$WORK/audio.pt" --out "$WORK/both.pt" ${START:+--start "$START"}
"$PYTHON" export.py --checkpoint "$WORK/both.pt" --val "$WORK/val" --out "$OUT"
"$PYTHON" evaluate.py --binary "$BINARY" --model "$OUT" --keep "$WORK/test"
if [ "$LEFT_OUT_STEPS" -gt 0 ]; then
    [ -f "$WORK/without-b.pt" ] || audio --out "$WORK/without-b.pt" --generators a --steps "$LEFT_OUT_STEPS" ${START:+--resume "$START/model.safetensors"}
    "$PYTHON" evaluate.py --binary "$BINARY" --audio "$WORK/without-b.pt" --keep "$WORK/test" --sets "20 dB"
fi
