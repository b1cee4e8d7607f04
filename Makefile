# Every target does its own set-up on a Debian 12 machine that has Go, Node.js
# and npm. `make` alone lists the targets.
SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export CGO_ENABLED ?= 0
# The stamp of a build: no clock, so that the same commit gives the same bytes.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

# Packages whose goroutines share state; the race detector runs on these.
RACE := trail vault vaultd store registry backfill demo api web
RACE_PACKAGES = $(patsubst %,./internal/%/...,$(foreach p,$(RACE),$(if $(wildcard internal/$(p)/*.go),$(p))))
# What a long run may take from outside: make fuzz FUZZTIME=5m, make bench BENCH=Seal COUNT=6.
FUZZTIME ?= 20s
BENCH    ?= .
COUNT    ?= 1
LISTEN   ?= 127.0.0.1:8080
DATA     ?= tmp/demo

TOOLS_KEY := $(shell sha256sum tools/go.sum 2>/dev/null | cut -c1-12)
LINT      := tools/bin/golangci-lint-$(TOOLS_KEY)
BENCHSTAT := tools/bin/benchstat-$(TOOLS_KEY)
VULN      := tools/bin/govulncheck-$(TOOLS_KEY)
ASSETS    := internal/web/front/manifest.json
ASSET_SOURCES := $(wildcard internal/web/assets/*  internal/web/bundle/*.go) \
	$(shell find internal/web/pages internal/web/parts -name '*.html' 2>/dev/null)

.PHONY: help demo test build assets fmt lint bench fuzz soak vuln clean setup setup-test

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

demo: build ## a synthetic province in the browser: embedded database, all roles, live events
	bin/fengcun demo --data $(DATA) --listen $(LISTEN)

test: setup-test assets ## format, vet, lint; unit, story and browser tests; races where it pays
	@$(MAKE) lint
	go test -timeout 20m ./...
	cd bench/tessera && go test -timeout 5m ./... # public tools, a module of their own
	CGO_ENABLED=1 go test -tags pkcs11 -timeout 5m ./internal/keyring/pkcs11
	$(if $(RACE_PACKAGES),CGO_ENABLED=1 go test -race -short -timeout 15m $(RACE_PACKAGES))

build: assets ## the one binary, bin/fengcun
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/fengcun ./cmd/fengcun

assets: $(ASSETS) ## the front end, bundled into internal/web/front

fmt: $(LINT) ## format the code
	$(LINT) fmt

lint: $(LINT) $(ASSETS) ## check the format, vet, run the linters
	$(LINT) fmt --diff
	go vet ./...
	$(LINT) run

bench: $(ASSETS) $(BENCHSTAT) ## benchmarks; BENCH=regexp COUNT=n
	@mkdir -p tmp
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) -timeout 180m ./... | tee tmp/bench.txt
	cd bench/tessera && go test -run '^$$' -bench '$(BENCH)' -count $(COUNT) ./... | tee -a ../../tmp/bench.txt
	cd bench/opa && go test -mod=mod -bench '$(BENCH)' -count $(COUNT) -timeout 60m . | tee -a ../../tmp/bench.txt
	$(BENCHSTAT) tmp/bench.txt
	@echo "== ratios of this run"
	@awk '/^Benchmark/ { for (i = 3; i < NF; i += 2) if ($$(i + 1) ~ /^x-/) print $$1, $$(i + 1), $$i }' tmp/bench.txt | column -t

fuzz: $(ASSETS) ## every fuzz test for FUZZTIME (20s)
	@for p in $$(go list ./...); do \
	  for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; \
	  done; done

soak: setup-test assets ## the long tests in full
	FENGCUN_SOAK=1 go test -timeout 0 ./...

vuln: $(VULN) $(ASSETS) ## known vulnerabilities; asks an online database
	$(VULN) ./...

clean: ## remove what the other targets made
	rm -rf bin tmp tools/bin node_modules
	find internal/web/front -mindepth 1 ! -name .gitkeep -delete

setup:
	@tools/setup build

setup-test:
	@tools/setup test

node_modules/.package-lock.json: package.json package-lock.json | setup
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

$(ASSETS): node_modules/.package-lock.json $(ASSET_SOURCES) | setup
	go run ./internal/web/bundle

# The key in the name is the hash of tools/go.sum: a new version, a new binary.
$(LINT): | setup
	@rm -f tools/bin/golangci-lint-*
	cd tools && go build -trimpath -ldflags '-s -w' -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(BENCHSTAT): | setup
	cd tools && go build -trimpath -o ../$@ golang.org/x/perf/cmd/benchstat

$(VULN): | setup
	cd tools && go build -trimpath -o ../$@ golang.org/x/vuln/cmd/govulncheck
