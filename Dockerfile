# festd: one static binary on an empty image.
#
#   docker build --build-arg VERSION="$(git describe --tags --always)" -t festd .

FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
# The modules first: they change less often than the source.
COPY go.mod go.sum ./
RUN go mod download
COPY api api
COPY cmd cmd
COPY internal internal
ARG VERSION=dev
ARG TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/server ./cmd/server
# A volume takes owner and mode from the folder it is first mounted over.
RUN install -d -m 0750 /out/data

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="festd" \
      org.opencontainers.image.description="Lookups in FEST, the Norwegian register of medicines" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.source="https://github.com/festd/festd" \
      org.opencontainers.image.licenses="MIT"
# Certificates for sources that are fetched; time zones are in the binary.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/server /server
COPY --from=build --chown=65532:65532 /out/data /data
# A lost volume must never serve made-up data: no sample here. Publish 8080.
# Probes, metrics and profiles stay inside: whoever has FEST_OPS_LISTEN name
# another address gives it credentials, too (docs/SECURITY.md).
ENV FEST_SAMPLE=off \
    FEST_DATA_DIR=/data \
    FEST_LISTEN=0.0.0.0:8080 \
    FEST_OPS_LISTEN=127.0.0.1:9180 \
    FEST_LOG_FORMAT=json
USER 65532:65532
VOLUME ["/data"]
EXPOSE 8080 9180
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/server", "healthcheck"]
ENTRYPOINT ["/server"]
