# The whole interface of the house. Each target says what it does, asks nothing, and can be run again.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules

CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR

DATA ?= ./demo-data
LISTEN ?= 127.0.0.1:8443
phase := scripts/phase

.PHONY: help run test build deb trial soak bench assets deny browser pictures clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## install what is missing, build, start the demo on https://localhost:8443
	@scripts/need build run
	@scripts/free $(LISTEN)
	@scripts/assets
	@echo "Building the portal; the first time takes a few minutes."
	@cargo build --locked --bin disclosure-portal
	@mkdir -p -m 0700 "$(DATA)"
	@exec "$(CARGO_TARGET_DIR)/debug/disclosure-portal" demo --data "$(DATA)" --listen $(LISTEN) --json "$(DATA)/demo.json"

test: ## all that CI runs: style, licences, lints, tests, documents, browsers
	@$(phase) reset
	@$(phase) "tools" scripts/need build test
	@$(phase) "assets" scripts/assets
	@$(phase) "assets, tested" npm --prefix frontend test --silent
	@$(phase) "formatting" cargo fmt --all --check
	@$(phase) "licences, bans, sources" scripts/deny
	@$(phase) "lints" cargo clippy --workspace --all-targets --locked -- -D warnings
	@$(phase) "tests" cargo test --workspace --locked
	@$(phase) "tests on PostgreSQL" scripts/on-postgres
	@$(phase) "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked --quiet
	@$(phase) "browser" scripts/browser
	@$(phase) "printed documents are current" scripts/current
	@$(phase) total

build: ## target/release/disclosure-portal, with assets inside
	@scripts/need build
	@scripts/assets
	@cargo build --release --locked --bin disclosure-portal
	@ls -lh "$(CARGO_TARGET_DIR)/release/disclosure-portal"

deb: build ## target/debian/disclosure-portal_VERSION_ARCH.deb, of the release build
	@scripts/deb

trial: ## the package under a systemd of its own, in a machine that is thrown away (needs root)
	@scripts/need build trial
	@scripts/assets
	@cargo build --locked --bin disclosure-portal
	@scripts/trial

soak: ## the long versions: generated cases by the ten thousand (CI runs a few hundred)
	@scripts/need build test
	@scripts/assets
	@scripts/soak

bench: ## the bars beside nginx and a bare group commit: docs/PERFORMANCE.md (PARTS="view acts" for some)
	@scripts/need build bench
	@scripts/assets
	@cargo bench --locked --bench load -- $(PARTS)

assets: ## frontend/dist, only when its sources changed
	@scripts/need build
	@scripts/assets

deny: ## licences, banned crates, sources
	@scripts/deny

browser: ## the browser tests alone
	@scripts/need build test
	@scripts/assets
	@scripts/browser

pictures: ## docs/pictures anew, from the story with a drawn portrait (needs ImageMagick)
	@scripts/need build test
	@scripts/assets
	@cargo build --locked --bin disclosure-portal
	@cd tests/browser && node pictures.mjs

clean: ## everything that was built; demo data stays
	@rm -rf "$(CARGO_TARGET_DIR)" frontend/dist frontend/node_modules tests/browser/node_modules tests/browser/out
