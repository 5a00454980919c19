# A small image with the command line, which runs as a user without privileges. docs/install.md says how to use it.
#
# docker build --tag partner-center .

FROM rust:1.89.0-bookworm AS build
WORKDIR /src
COPY . .
# The caches keep downloads and dependencies between builds, outside of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package partner-center-cli \
    && install -D target/release/partner-center /out/partner-center

# The same Debian as above, so that glibc is the one that the program was built with.
FROM debian:12.12-slim
# Trusted root certificates. SSL_CERT_FILE names others, for a proxy that inspects TLS.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
RUN groupadd --gid 65532 nonroot \
    && useradd --uid 65532 --gid nonroot --no-create-home --home-dir /work --shell /usr/sbin/nologin nonroot \
    && install --directory --owner=nonroot --group=nonroot --mode=0700 /config /work
COPY --from=build /out/partner-center /usr/local/bin/partner-center

# config.toml and the sign-ins. Mount a volume here to keep a sign-in.
ENV PARTNER_CENTER_CONFIG_DIR=/config
WORKDIR /work
# A number, so that Kubernetes can check that it is not root.
USER 65532:65532
ENTRYPOINT ["partner-center"]
CMD ["help"]
