# Twofold for a server of your own. See docs/how-to/self-host.md.
# It was linted, and has not been built or run by its makers yet.
FROM python:3.12-slim-bookworm AS wheels
WORKDIR /app
COPY requirements-app.lock ./
# Only wheels, and only those whose hashes are in the lock file: nothing is built here.
RUN python -m venv /opt/twofold \
 && /opt/twofold/bin/pip install --no-cache-dir --require-hashes --only-binary :all: \
    -r requirements-app.lock

FROM python:3.12-slim-bookworm
ENV PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TWOFOLD_FOLDER=/data
RUN groupadd --gid 10001 twofold \
 && useradd --uid 10001 --gid twofold --no-create-home --shell /usr/sbin/nologin twofold \
 && install -d -o twofold -g twofold -m 0700 /data
COPY --from=wheels /opt/twofold /opt/twofold
COPY LICENSE README.md /app/
COPY src /app/src
COPY examples /app/examples
USER 10001:10001
VOLUME /data
EXPOSE 8265
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 \
  CMD ["/opt/twofold/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8265/help', timeout=8)"]
ENTRYPOINT ["/opt/twofold/bin/python", "-m", "twofold"]
CMD ["serve", "--host", "0.0.0.0"]
