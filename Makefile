# Ausculta's commands. `make demo` and `make test` work on a bare Debian or Ubuntu with a Swift toolchain.

SWIFT        ?= swift
STRICT       := --explicit-target-dependency-import-check error
PYTHON       ?= python3
DEMO_OPTIONS ?=
# Tests at a time: more would wait for each other's turn on a small machine until clocks run out.
TEST_WIDTH   ?= 6
PEERS        ?= yes
PEERS_OPTIONS ?=
SWIFT_DIRS   := Package.swift Sources Tests

.PHONY: help demo test build release deb lint format bench reference train clean

help:
	@echo "make demo      install what is missing, build, and watch a simulated compressor run out of oil"
	@echo "make test      install what is missing, then run every test"
	@echo "make release   build .build/release/ausculta"
	@echo "make deb       build the Debian package of this machine's architecture into .build/deb"
	@echo "make lint      formatting, undeclared dependencies, shell scripts"
	@echo "make format    rewrite the Swift sources in house style"
	@echo "make bench     milliseconds per window on this machine, and beside other runtimes (Python; PEERS=no leaves them out)"
	@echo "make reference compare the full-size model with the reference implementation (Python, downloads PyTorch)"
	@echo "make train     train the embedded model again (Python, hours)"

# The demo's own options go through DEMO_OPTIONS, for example: make demo DEMO_OPTIONS="--machines 6 --speed 720"
demo:
	@Deploy/bootstrap
	@echo "demo: building (the first time takes about ten minutes on two cores)"
	$(SWIFT) build -c release --product ausculta
	@.build/release/ausculta demo $(DEMO_OPTIONS)

build:
	$(SWIFT) build $(STRICT) --product ausculta

release:
	@Deploy/bootstrap
	$(SWIFT) build -c release --product ausculta

deb:
	@Deploy/bootstrap --package
	$(SWIFT) build -c release --product ausculta
	@Deploy/deb/build

test:
	@Deploy/bootstrap --test
	$(SWIFT) build --build-tests $(STRICT)
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TEST_WIDTH) $(SWIFT) test --skip-build --disable-xctest
	@Tests/NEON/run
	@Tests/API/run
	@Tests/Browser/run
	@Tests/Sparkplug/run
	@Tests/Deploy/run

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_DIRS)
	@Deploy/lint

format:
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_DIRS)

# The peers need Python, 2 GB for their environment and 1.2 GB for two full-size checkpoints; PEERS=no leaves them out.
bench: release
	.build/release/ausculta bench
	@if [ "$(PEERS)" = no ] || ! command -v python3 >/dev/null; then echo "bench: without the peers"; \
	else Models/reference/run peers --binary .build/release/ausculta $(PEERS_OPTIONS); fi

reference: release
	@[ -n "$(ROBERTA)" ] || { echo "give the folder of RoBERTa's vocab.json and merges.txt: make reference ROBERTA=DIR"; exit 64; }
	$(PYTHON) Models/reference/compare_full_size.py --ausculta .build/release/ausculta --roberta "$(ROBERTA)"

train: release
	BINARY=$(CURDIR)/.build/release/ausculta PYTHON=$(PYTHON) Models/training/train.sh

clean:
	rm -rf .build
