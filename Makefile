# Thin aliases of run.py, which needs no make.
.PHONY: run test check bench lock
run test check bench:
	python3 run.py $(filter-out run,$@)

# Resolve setup.cfg anew; needs uv.
lock:
	uv pip compile --upgrade --universal --generate-hashes --extra local --extra test setup.cfg \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --output-file requirements.lock
