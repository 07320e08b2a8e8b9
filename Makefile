# festd. `make help` lists the targets; all of them run from a clean clone.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
IMAGE ?= festd
ARGS ?=
FUZZTIME ?= 30s

# No C anywhere but in the race detector: vet, linter, tests and binary then
# share what they compile.
export CGO_ENABLED := 0

# The linter is built from source at the version that tools/go.mod pins; the
# build cache keeps it.
GOLANGCI := go tool -modfile=$(CURDIR)/tools/go.mod golangci-lint

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Serve the sample on http://127.0.0.1:8080 (ARGS="--source fest251.zip")
	go run ./cmd/server $(ARGS)

.PHONY: build
build: ## Build bin/server: static, reproducible, version from git
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/server ./cmd/server

.PHONY: test
test: tools vet lint scripts-check ## Everything CI runs: install what is missing, vet, lint, all tests
	@$(MAKE) --output-sync=target -j2 test-race test-plain deploy-check

.PHONY: test-fast
test-fast: ## All tests without the race detector, results cached
	go test ./...

# The race detector has nothing to find in rooms that start no goroutine
# (internal/arch holds them to that), nor where real programs are driven, and
# takes ten times as long.
ALONE := internal/api/answer internal/fest internal/gate internal/m30 internal/rules internal/sample internal/search internal/wire
DRIVEN := deploy deploy/prometheus docs/examples internal/api/page internal/endtoend internal/fullsize
PLAIN := $(ALONE) $(DRIVEN)

.PHONY: test-race
test-race: ## Tests with the race detector, of all rooms where it may find something; fuzz targets run on their seeds
	CGO_ENABLED=1 go test -race -count=1 -timeout 20m $$(go list ./... | grep -vE '/($(subst $() ,|,$(PLAIN)))$$')

# Of internal/app what would take minutes with the race detector: the files of
# build tag !race.
HEAVY = $(shell awk -F'[^A-Za-z0-9]+' '/^func Test/ { print $$2 }' $$(grep -l '^//go:build !race' internal/app/*_test.go) | paste -sd'|')

.PHONY: test-plain
test-plain: ## The other tests
	go test -count=1 -timeout 20m $(addprefix ./,$(PLAIN))
	go test -count=1 -timeout 20m -run '^($(HEAVY))$$' ./internal/app

.PHONY: test-deploy
test-deploy: tools ## Follow docs/QUICKSTART.md with files of full size: PostgreSQL, two replicas, nginx, Prometheus, the night of the incident
	FESTD_QUICKSTART_FULL=1 go test -count=1 -timeout 15m -v -run '^TestQuickstart$$' ./deploy/prometheus

.PHONY: tools
tools: ## Install what the tests need and the machine lacks (Debian: apt-get)
	@scripts/ensure-tools.sh

.PHONY: vet
vet: ## go vet
	go vet ./...

.PHONY: lint
lint: ## golangci-lint; .golangci.yml argues each switch
	$(GOLANGCI) run ./...
	cd deploy/check && $(GOLANGCI) run ./...

.PHONY: deploy-check
deploy-check: ## Compose, Kubernetes and Dockerfile against the formats they are in; without an engine
	cd deploy/check && go test -vet=off -count=1 ./...

.PHONY: scripts-check
scripts-check: ## Parse the shell scripts; shellcheck too where it is installed
	@for f in scripts/*.sh deploy/*/*.sh; do sh -n "$$f"; done; bash -n .ci/run
	@if command -v shellcheck >/dev/null; then shellcheck scripts/*.sh deploy/*/*.sh .ci/run; fi

.PHONY: fuzz
fuzz: ## Fuzz each target for FUZZTIME (default 30s)
	@scripts/fuzz.sh '$(FUZZTIME)'

POINTS ?= 200
.PHONY: kill-sweep
kill-sweep: ## Kill importers and PostgreSQL at POINTS (default 200) instants of an import each
	FESTD_KILL_POINTS='$(POINTS)' go test -count=1 -timeout 4h -run '^Test.*Killed' -v ./internal/endtoend

REFERENCE ?= 10m
.PHONY: reference
reference: ## Compare answers at full size with the slow reference: a million of each kind, or as many as fit into REFERENCE (default 10m)
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	FESTD_REFERENCE_TIME='$(REFERENCE)' go test -count=1 -timeout 4h -v -run 'AtFullSize' ./internal/fullsize | tee "$$log"; \
	echo; grep -o 'reference: .*' "$$log"

.PHONY: bench
bench: ## Measure; prints a table of ratios and writes docs/PERFORMANCE.md
	go run ./bench $(ARGS)

.PHONY: storm
storm: ## 2000 consumers come back at once, and worse; fails where a promise is broken (ARGS="-section docs/PERFORMANCE.md")
	go run ./bench/storm -check $(ARGS)

.PHONY: incident
incident: ## Play 6 June 2024 against the real program, with a clock (ARGS="-readme README.md")
	go run ./bench/incident $(ARGS)

.PHONY: cover
cover: ## Coverage of all packages by all tests, as coverage.html
	go test -coverpkg=./... -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out | tail -1
	go tool cover -html=coverage.out -o coverage.html

.PHONY: docs-update
docs-update: ## Write the generated docs anew (docs/FIELDS.md)
	go test ./internal/fest -run '^TestFieldsDoc$$' -update

.PHONY: pictures
pictures: ## Take the pictures of the README anew (docs/images)
	go test ./internal/api/page -count=1 -run '^TestInBrowser$$/^pictures$$' -update
	go test ./internal/app -count=1 -run '^TestRegisterInBrowser$$/^register$$' -update

.PHONY: docker
docker: ## Build the container image
	docker build --build-arg VERSION='$(VERSION)' -t '$(IMAGE)' .

.PHONY: clean
clean: ## Remove what was built; not the data directory
	rm -rf bin coverage.out coverage.html
