# The image of the server: a release (tasks/release/contents.ts lists what is in it) on Deno, and nothing else: no
# shell, no package manager, no build tools. docs/deployment.md says how to run it.

FROM denoland/deno:2.9.6 AS build
WORKDIR /src
# Packages first and alone: this layer stays as long as the lock does.
COPY deno.json deno.lock ./
RUN deno install --frozen
COPY . .
RUN deno task release /app
RUN mkdir /data

FROM denoland/deno:distroless-2.9.6
COPY --from=build /app /app
# The embedded database, if there is no DATABASE_URL. The volume starts as this folder is: owned by the user below.
COPY --from=build --chown=65532:65532 /data /data
VOLUME /data
WORKDIR /app
# Deno keeps compiled modules in DENO_DIR: somewhere that this user may write, also when the rest is read-only.
ENV HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    DENO_DIR=/tmp/deno \
    DENO_NO_UPDATE_CHECK=1
USER 65532:65532
EXPOSE 8000
# The server finishes what is under way, for up to 30 seconds: give "docker stop" more than that.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=1s \
  CMD ["deno", "run", "--quiet", "--no-prompt", "--allow-net", "--allow-env=HOST,PORT", "tasks/release/ready.ts"]
# The base's entry point is Deno behind tini, which passes signals on. As "deno task start" does: this is the launcher,
# which checks the settings and starts the server with exact permissions.
CMD ["run", "--quiet", "--no-prompt", "--allow-all", "tasks/start.ts"]
