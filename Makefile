# Two Passes. Written for GNU make 3.81, the one of macOS, and newer.
#   VENV=path   where the environment lives (default .venv)
#   PYTHON=...  the Python to make it with (default: the first that will do)
#   PORT=8001   with `make serve`: where to serve (default 8000)
#   PAGE=slug   with `make agree`: only this page, or section of it: core/forward#exercises
#   MLX=0.31.2  with `make try-mlx`: that version (default: the newest)
#   ALL=1       with `make test`: the long suites whole
#   ONLY=name  with `make bench`: only training, building, reading, checking, gradients or engines
#              writes nothing
#   BASE=63c5c07  with `make bench`: the earlier commit that is measured beside this one
#   SAVE=1     with `make bench ONLY=…`: writes what it measured beside the other groups
#   PEERS=1     with `make bench`: install PyTorch, JAX, Sphinx and Zensical first, below .cache/;
#               with `make test`: so too, then run mathdoctest's tests on PyTorch there

COMMANDS = help serve test build check agree bench try-mlx setup lock clean
.PHONY: $(COMMANDS)

# `make -f PATH/Makefile` works from any folder: it goes to that of this file
HERE := $(shell cd "$$(dirname "$$(echo "$(MAKEFILE_LIST)" | sed 's/^ //')")" && pwd -P)
ifneq ($(HERE),$(CURDIR))
$(COMMANDS):
	@$(MAKE) --no-print-directory -C "$(HERE)" $@
else

VENV ?= .venv
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python

# MkDocs-Material's notice about MkDocs 2: README.md says why it is silenced
export NO_MKDOCS_2_WARNING = 1

RUN = "$(VENV)/bin/python" -m

# The environment of the peers, made where PEERS asks for it, and again when its packages change
PEERS_HOME = .cache/bench
WANTED = $(PEERS_HOME)/wanted.txt
INSTALLED = $(PEERS_HOME)/installed.txt
MAKE_PEERS = test -z "$(PEERS)" || { mkdir -p $(PEERS_HOME) && \
	  "$(VENV)/bin/python" two_passes/bench/peers.py > $(WANTED) && \
	  { cmp -s $(WANTED) $(INSTALLED) || { "$(VENV)/bin/python" -m venv $(PEERS_HOME) && \
	  $(PEERS_HOME)/bin/python -m pip install --quiet -r $(WANTED) && \
	  cp $(WANTED) $(INSTALLED); }; }; }

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

serve: setup ## the live site on 127.0.0.1:8000
	@$(RUN) literate serve$(if $(PORT), --port $(PORT))

test: setup ## all tests, those in the browser too
	@$(MAKE_PEERS)
	@test ! -d tests || $(RUN) pytest; failed=$$?; for tests in packages/*/tests; do \
	  $(RUN) pytest -n auto $(if $(ALL),-m "") "$$tests" || failed=1; done; \
	test -z "$(PEERS)" || $(PEERS_HOME)/bin/python -m pytest -m peers packages/mathdoctest/tests/test_backends.py || failed=1; \
	exit $$failed

build: setup ## the strict static site, in site/
	@$(RUN) literate build

check: setup ## the fast gate for authors
	@$(RUN) literate check

agree: setup ## both languages of PAGE=core/forward, or of all pages, say the same now
	@$(RUN) literate agree $(if $(PAGE),"$(PAGE)")

bench: setup ## timings as ratios, into snippets/data/performance.json
	@$(MAKE_PEERS)
	@$(RUN) two_passes bench$(if $(ONLY), $(ONLY))$(if $(SAVE), --save)

try-mlx: setup ## what MLX=0.31.2, or the newest, would change, page by page
	@$(RUN) literate try-mlx $(MLX)

# The first Python that will do makes the environment. If there is none, any
# Python 3 runs the script, which then says in one line what is missing.
WILL_DO = import sys; sys.exit(not (3, 11, 5) <= sys.version_info < (3, 15))
WILL_TELL = import sys; sys.exit(sys.version_info < (3, 6))

setup: ## the environment, if it is missing or out of date
	@for ask in "$(WILL_DO)" "$(WILL_TELL)"; do for python in $(PYTHON); do \
	  $$python -c "$$ask" 2>/dev/null && exec $$python -Iu two_passes/prepare.py "$(VENV)"; \
	done; done; \
	echo "Two Passes needs Python 3.11.5 to 3.14 and found no Python 3: install one, then run make again." >&2; exit 2

# Everything newer that pyproject.toml allows. The lock file of uv itself would
# record the index's address, so only the exported hashes are kept.
LOCK = .cache/lock

lock: ## newest versions, with hashes, into requirements*.txt; tells what has changed
	@test -x "$(VENV)/bin/python" || { echo "make lock needs an environment: run make setup first." >&2; exit 2; }
	@rm -rf $(LOCK) && "$(VENV)/bin/python" -m venv $(LOCK) && $(LOCK)/bin/python -m pip install --quiet uv
	@for file in pyproject.toml packages/*/pyproject.toml; do \
	  mkdir -p $(LOCK)/$$(dirname $$file) && cp $$file $(LOCK)/$$file; done
	@cd $(LOCK) && bin/uv --no-progress lock --python bin/python && bin/uv export --quiet --frozen --format requirements-txt \
	  --no-emit-workspace --no-header --no-annotate --output-file requirements.txt
	@cd $(LOCK) && printf 'flit-core\nsetuptools\n' | bin/uv --quiet pip compile - \
	  --generate-hashes --no-header --no-annotate --output-file requirements-build.txt
	@for file in requirements.txt requirements-build.txt; do \
	  "$(VENV)/bin/python" two_passes/lock.py $$file $(LOCK)/$$file; done
	@mv $(LOCK)/requirements.txt $(LOCK)/requirements-build.txt . && rm -rf $(LOCK)

clean: ## remove what is built; the environment stays
	@rm -rf site .cache .pytest_cache

endif
