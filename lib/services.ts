/**
 * Everything that a request can reach, opened once at start and closed in the right order at the end. Passed down
 * through the request's state; nothing of it lives in a module.
 */
import type { Config } from "@/lib/config.ts";
import { Background } from "@/lib/background.ts";
import { FailedAuthentications } from "@/lib/api/failed_authentications.ts";
import { KeyLookups } from "@/lib/api/key_lookups.ts";
import { KnownKeys } from "@/lib/api/known_keys.ts";
import { RequestLog } from "@/lib/api/request_log.ts";
import type { Database } from "@/db/connect.ts";
import { EventStreams } from "@/lib/admin/event_streams.ts";
import { LiveFeed } from "@/lib/admin/live_feed.ts";
import { PasswordWork } from "@/lib/admin/password_work.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { Logger } from "@/lib/log.ts";
import { Maintenance } from "@/lib/maintenance.ts";
import { InDoubtSends } from "@/lib/messages/in_doubt.ts";
import { SendSlots } from "@/lib/messages/send_slots.ts";
import { SendStatements } from "@/lib/messages/send_statements.ts";
import { createHttpTransport } from "@/lib/meta/http_transport.ts";
import { createMediaDownloader, type MediaDownloader } from "@/lib/meta/media.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";
import { BacklogReader } from "@/lib/observability/backlog_reader.ts";
import { observeDownloader, observeTransport } from "@/lib/observability/observed_meta.ts";
import { ServerMetrics } from "@/lib/observability/server_metrics.ts";
import type { Tracing } from "@/lib/observability/tracing.ts";
import { EventInbox } from "@/lib/webhooks/event_inbox.ts";
import { EventWorker } from "@/lib/webhooks/event_worker.ts";
import { createTestTransport, SandboxCourier } from "@/lib/webhooks/sandbox_lifecycle.ts";
import { Signers } from "@/lib/webhooks/signers.ts";
import { WebhookHealth } from "@/lib/webhooks/webhook_health.ts";
import type { SecretBox } from "@/lib/secret_box.ts";

/** The parts of a running server. */
export interface Services {
  config: Config;
  log: Logger;
  db: Database;
  secrets: SecretBox;
  /** Live keys reach Meta, test keys the sandbox in this process. Nothing else chooses between the two. */
  graph: Record<Mode, GraphTransport>;
  /** Files that people sent, from Meta's hosts. */
  media: MediaDownloader;
  slots: SendSlots;
  sends: SendStatements;
  inDoubt: InDoubtSends;
  requestLog: RequestLog;
  /** Who calls the API without a valid key again and again. */
  failedAuthentications: FailedAuthentications;
  keyLookups: KeyLookups;
  /** Keys that were good a moment ago. */
  knownKeys: KnownKeys;
  background: Background;
  /** Hashes passwords, a few at a time. */
  passwords: PasswordWork;
  /** Who may sign Meta's callbacks. */
  signers: Signers;
  webhookHealth: WebhookHealth;
  eventInbox: EventInbox;
  eventWorker: EventWorker;
  /** Delivers what the sandbox of test mode has to tell. */
  courier: SandboxCourier;
  /** Tells open pages what happens to messages. */
  liveFeed: LiveFeed;
  eventStreams: EventStreams;
  maintenance: Maintenance;
  /** What this process counts about itself. */
  metrics: ServerMetrics;
  /** What waits in the database. */
  backlog: BacklogReader;
  /** Null: spans are not exported. */
  tracing: Tracing | null;
  /** Finishes what is under way, writes what is waiting, then closes the database. */
  close(): Promise<void>;
}

/** Beyond this, more connections would only wait for each other. */
const EVENTS_IN_PARALLEL = 6;

/** Puts the parts together around an open, migrated database. */
export function makeServices(
  options: {
    config: Config;
    log: Logger;
    db: Database;
    secrets: SecretBox;
    tracing: Tracing | null;
  },
): Services {
  const { config, log, db, tracing } = options;
  const metrics = new ServerMetrics();
  const observer = { calls: metrics.meta, tracing };
  const live = observeTransport(
    createHttpTransport({ graphUrl: config.metaGraphUrl, version: config.metaGraphVersion }),
    { ...observer, graphUrl: config.metaGraphUrl },
  );
  const courier = new SandboxCourier();
  const test = createTestTransport(db.sql, {
    log,
    onPlanned: (afterMs) => courier.lookAfter(afterMs),
  });
  const media = observeDownloader(
    createMediaDownloader({ graphUrl: config.metaGraphUrl, timeoutMs: config.metaTimeoutMs }),
    observer,
  );
  const background = new Background();
  const inDoubt = new InDoubtSends({ sql: db.sql, log });
  const requestLog = new RequestLog({ sql: db.sql, log });
  const maintenance = new Maintenance({ sql: db.sql, log });
  const webhookHealth = new WebhookHealth({ sql: db.sql, log });
  const liveFeed = new LiveFeed({ sql: db.sql, log });
  const eventStreams = new EventStreams({ sql: db.sql, log, feed: liveFeed });
  const eventWorker = new EventWorker({
    sql: db.sql,
    log,
    results: metrics.webhooks.results,
    onApplied: () => liveFeed.wake(),
    parallel: db.kind === "embedded" ? 1 : EVENTS_IN_PARALLEL,
  });
  return {
    ...options,
    graph: { live, test },
    media,
    slots: new SendSlots({ maxSends: config.maxSends, maxWaiting: config.maxWaiting }),
    sends: new SendStatements(db),
    inDoubt,
    requestLog,
    failedAuthentications: new FailedAuthentications(),
    keyLookups: new KeyLookups(db),
    knownKeys: new KnownKeys(),
    background,
    passwords: new PasswordWork(),
    signers: new Signers({ sql: db.sql, secrets: options.secrets, log }),
    webhookHealth,
    eventInbox: new EventInbox(db),
    eventWorker,
    courier,
    liveFeed,
    eventStreams,
    maintenance,
    metrics,
    backlog: new BacklogReader({ sql: db.sql, log }),
    close: async () => {
      await eventStreams.close();
      await liveFeed.close();
      await maintenance.close();
      await courier.close();
      await eventWorker.close();
      await webhookHealth.close();
      await background.settled();
      await inDoubt.close();
      await requestLog.close();
      await Promise.all([live.close(), test.close(), media.close()]);
      await db.close();
    },
  };
}
