# Mailbot in one container: docker run --read-only --tmpfs /tmp --cap-drop ALL -v mailbot-state:/var/lib/mailbot \
#   -v ./rules.yaml:/etc/mailbot/rules.yaml:ro -e MAILBOT_SECRET_ACCUEIL=… mailbot
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/mailbot
COPY requirements requirements
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3 ca-certificates \
    tesseract-ocr tesseract-ocr-fra tesseract-ocr-eng tesseract-ocr-osd tesseract-ocr-ara tesseract-ocr-spa \
    tesseract-ocr-por tesseract-ocr-tur tesseract-ocr-ron tesseract-ocr-rus tesseract-ocr-ukr tesseract-ocr-pol \
    tesseract-ocr-ita tesseract-ocr-deu tesseract-ocr-chi-sim tesseract-ocr-ben tesseract-ocr-tam \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/mailbot --create-home --shell /usr/sbin/nologin mailbot \
    && chmod 0700 /var/lib/mailbot
WORKDIR /opt/mailbot
COPY --from=build /opt/mailbot/.venv .venv
COPY pyproject.toml LICENSE README.md ./
COPY mailbot mailbot
COPY workers workers
ENV PATH=/opt/mailbot/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    OMP_THREAD_LIMIT=1 OMP_NUM_THREADS=1 MAILBOT_RULES=/etc/mailbot/rules.yaml MAILBOT_STATE=/var/lib/mailbot
USER mailbot
VOLUME /var/lib/mailbot
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 CMD ["python3", "-m", "mailbot", "status"]
CMD ["python3", "-m", "mailbot", "run"]
