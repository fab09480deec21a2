# What a cluster runs before a deployment (deploy/kubernetes/base/migrate.yaml):
# `docker build --target migrate`. Functions have one image each: `npm run build && faas-cli build`.
FROM node:26-bookworm-slim AS migrate
WORKDIR /home/node/app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional
COPY scripts/migrate.ts scripts/
COPY shared/adapters/postgres/migrations shared/adapters/postgres/migrations
USER 1000
CMD ["node", "scripts/migrate.ts"]

# The emulator with all functions, for compose.yaml.
FROM node:26-bookworm-slim

RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /home/node/app
RUN chown node:node .
USER node

COPY --chown=node:node package.json package-lock.json .npmrc ./
RUN npm ci && mkdir .local
COPY --chown=node:node . .
RUN npm run build

ENV GATEWAY_HOST=0.0.0.0
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=12 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/function/jobs/_/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

CMD ["node", "scripts/start.ts", "--no-install"]
