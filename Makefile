# Thin shortcuts; everything works without make.
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url

.PHONY: run test bench lock

run:
	python3 manage.py up

test:
	python3 manage.py verify

bench:
	python3 manage.py bench

lock:
	$(LOCK) -o requirements-bootstrap.txt requirements-bootstrap.in
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -o requirements-dev.txt requirements-dev.in
