# What CI runs is what `make test` runs. Each step can be called alone.
SHELL := /bin/bash
GO ?= go
TEMPL := $(GO) tool templ
STATICCHECK := $(GO) tool -modfile=tools/go.mod staticcheck
GOVULNCHECK := $(GO) tool -modfile=tools/go.mod govulncheck

.PHONY: all build test deps format vet generated lint vuln unit plans browser fuzz bench bench-postgres screenshots clean

all: build

build: ## the binary, static, in ./dayroom
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o dayroom ./cmd/dayroom

test: deps format vet generated lint vuln unit plans ## everything that CI runs

deps: ## PostgreSQL and Chromium from the system's packages, where missing
	scripts/deps

format:
	@out=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$out" ] || { echo "gofmt would change:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...
	cd tools/bench && $(GO) vet -mod=mod ./... # its go.mod follows that of the product

generated: ## committed generated files are what their sources give
	$(TEMPL) generate -path internal/web >/dev/null
	@git diff --exit-code --stat -- '*_templ.go' || { echo "run 'make generate' and commit"; exit 1; }

generate:
	$(TEMPL) generate -path internal/web

lint:
	$(STATICCHECK) ./...

vuln: ## known holes in what we use; skipped with a word where the database cannot be reached
	@out=$$(timeout 120 $(GOVULNCHECK) ./... 2>&1); code=$$?; echo "$$out" | tail -n 40; \
	if [ $$code -ne 0 ] && [ $$code -ne 3 ]; then echo "SKIPPED govulncheck: its database cannot be reached from here"; exit 0; fi; exit $$code

# Race-enabled, on SQLite and a throw-away PostgreSQL, with the browser tests. The variables turn a missing database, tool or
# browser from a skip into a failure.
unit:
	DAYROOM_REQUIRE_POSTGRES=1 DAYROOM_REQUIRE_BROWSER=1 DAYROOM_REQUIRE_TOOLS=1 scripts/with-postgres $(GO) test -race -timeout 40m ./...

# Without the race detector: a million comments are made by statements of PostgreSQL, and looked at.
plans: ## how PostgreSQL carries out the hot statements on a large site
	DAYROOM_PLANS=1 DAYROOM_REQUIRE_POSTGRES=1 scripts/with-postgres $(GO) test -count=1 -timeout 20m ./internal/plans

browser:
	DAYROOM_REQUIRE_BROWSER=1 $(GO) test -count=1 ./internal/browser/...

screenshots: ## the README's pictures, made by the browser tests
	DAYROOM_REQUIRE_BROWSER=1 DAYROOM_SCREENSHOTS=$(CURDIR)/docs/screenshots $(GO) test -count=1 ./internal/browser/...

# What pages cost beside a bare handler, on a small and a large site. BENCH passes flags: make bench BENCH="-sizes small -only thread".
BENCH ?=
bench: build
	cd tools/bench && $(GO) run -mod=mod . -program $(CURDIR)/dayroom -data $(CURDIR)/bench-data -out $(CURDIR)/bench-data/latest.txt $(BENCH)

# The same on PostgreSQL, whose own processor time is not counted.
bench-postgres: build
	cd tools/bench && $(CURDIR)/scripts/with-postgres sh -c '$(GO) run -mod=mod . -db "$$DAYROOM_TEST_POSTGRES" -program $(CURDIR)/dayroom -data $(CURDIR)/bench-data -out $(CURDIR)/bench-data/latest-postgres.txt $(BENCH)'

FUZZTIME ?= 30s
fuzz: ## each fuzz target for FUZZTIME
	scripts/fuzz $(FUZZTIME)

clean:
	rm -rf dayroom dayroom-demo
