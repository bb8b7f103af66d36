#!/usr/bin/env bash
# Makes the embedded model from nothing: corpus, gate, audio tower, text tower, export, evaluation. `make train` calls this.
# Each stage is skipped where its result exists in WORK; delete a file to make it again.
set -euo pipefail
cd "$(dirname "$0")"
BINARY=${BINARY:-../../.build/release/ausculta}   # the product's own executable, release build
WORK=${WORK:-../../.build/training}               # corpora and intermediate results: about 3 GB, never committed
OUT=${OUT:-../embedded}
PYTHON=${PYTHON:-python3}
PROCESSES=${PROCESSES:-2}
STEPS=${STEPS:-5500}                              # of 32 windows per process
MORE_STEPS=${MORE_STEPS:-2800}                    # a second, gentler round from the first one's result
BINARY=$(realpath "$BINARY")
mkdir -p "$WORK"
WORK=$(realpath "$WORK")
export OMP_NUM_THREADS=1

COMMON=(--snr-range 5...35 --severities 0.25...1 --rates 48000,48000,48000,16000,16000,8000)
for shard in 0 1 2 3 4 5; do
    file=$WORK/train-0$shard
    [ -f "$file.json" ] || "$PYTHON" corpus.py --binary "$BINARY" --workers "$PROCESSES" \
        --individuals $((shard * 250)) $((shard * 250 + 250)) --out "$file" -- --windows 2 --others 3 "${COMMON[@]}"
done
[ -f "$WORK/val.json" ] || "$PYTHON" corpus.py --binary "$BINARY" --workers "$PROCESSES" \
    --individuals 500000 500080 --out "$WORK/val" -- --windows 1 --others 2 --snr-range 10...30 --severities 0.3...1 \
    --rates 48000,48000,16000

"$PYTHON" frontend.py
"$PYTHON" model.py
"$PYTHON" gate.py "$WORK/train-00" "$WORK/val"
[ -f "$WORK/audio.done" ] || {
    "$PYTHON" train_audio.py --train "$WORK/train-*.npy" --val "$WORK/val" --out "$WORK/audio.pt" \
        --processes "$PROCESSES" --steps "$STEPS"
    cp "$WORK/audio.pt" "$WORK/audio-first.pt"
    "$PYTHON" train_audio.py --train "$WORK/train-*.npy" --val "$WORK/val" --out "$WORK/audio.pt" \
        --processes "$PROCESSES" --steps "$MORE_STEPS" --resume "$WORK/audio-first.pt" --rate 5e-4
    touch "$WORK/audio.done"
}
[ -f "$WORK/both.pt" ] || "$PYTHON" train_text.py --audio "$WORK/audio.pt" --out "$WORK/both.pt"
"$PYTHON" export.py --checkpoint "$WORK/both.pt" --val "$WORK/val" --out "$OUT"
"$PYTHON" evaluate.py --binary "$BINARY" --model "$OUT"
