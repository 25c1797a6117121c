/**
 * Files that people sent: Meta keeps them under an id and gives out short-lived URLs, so the URL is asked anew for each
 * download and the file is passed on without being held in memory. The access token goes with the download, so only
 * Meta's own hosts are ever called. Meta: "Media, retrieve media URL" and "download media".
 */
import { Agent, request as undiciRequest } from "undici";
import { isJsonObject, type MetaError, parseJson, parseMetaError } from "@/lib/meta/meta_error.ts";
import { GraphNetworkError, type GraphTransport } from "@/lib/meta/transport.ts";

/** An open download. */
export interface MediaDownload {
  /** As the host of the file says; null if it does not. */
  contentType: string | null;
  contentLength: string | null;
  body: ReadableStream<Uint8Array>;
}

/** Why a file cannot be had. */
export type MediaFailure =
  | { reason: "refused"; error: MetaError }
  | { reason: "unreachable"; message: string };

/** A file, or why it cannot be had. */
export type MediaResult = { ok: true; download: MediaDownload } | {
  ok: false;
  failure: MediaFailure;
};

/** Opens downloads. */
export interface MediaDownloader {
  open(options: { url: string; accessToken: string; signal: AbortSignal }): Promise<MediaResult>;
  close(): Promise<void>;
}

const META_HOSTS = [".fbsbx.com", ".fbcdn.net", ".whatsapp.net"];
/** Between two pieces of a file. */
const STALL_TIMEOUT_MS = 30_000;
/** What is read of an answer that is not the file, so that its connection can be used again. */
const REFUSAL_BYTES = 16_384;

/** The URL of a file; it is good for five minutes. */
export async function findMediaUrl(
  transport: GraphTransport,
  options: { mediaId: string; phoneNumberId: string; accessToken: string; signal: AbortSignal },
): Promise<{ ok: true; url: string } | { ok: false; failure: MediaFailure }> {
  const { mediaId, phoneNumberId, accessToken, signal } = options;
  try {
    const response = await transport.request({
      method: "GET",
      path: `/${encodeURIComponent(mediaId)}`,
      query: { phone_number_id: phoneNumberId },
      accessToken,
      signal,
    });
    const body = response.status === 200 ? parseJson(response.text) : null;
    if (isJsonObject(body) && typeof body.url === "string") return { ok: true, url: body.url };
    const error = parseMetaError(response, { secret: accessToken });
    return { ok: false, failure: { reason: "refused", error } };
  } catch (error) {
    if (!(error instanceof GraphNetworkError)) throw error;
    return { ok: false, failure: { reason: "unreachable", message: error.message } };
  }
}

/**
 * Whether the access token may be sent to a URL: https on a host of Meta's, or exactly the origin of the Graph API in
 * use (which in tests and behind gateways is another one, maybe http).
 */
export function isMediaUrl(text: string, options: { graphUrl: string }): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return false;
  if (url.origin === new URL(options.graphUrl).origin) return true;
  return url.protocol === "https:" && url.port === "" &&
    META_HOSTS.some((ending) => url.hostname.endsWith(ending));
}

/** Makes a downloader for the files of one Graph API; `timeoutMs` is for the head of an answer. */
export function createMediaDownloader(
  options: { graphUrl: string; timeoutMs: number },
): MediaDownloader {
  const agent = new Agent({
    connections: 32,
    headersTimeout: options.timeoutMs,
    bodyTimeout: STALL_TIMEOUT_MS,
    allowH2: false,
  });
  return {
    open: async ({ url, accessToken, signal }) => {
      if (!isMediaUrl(url, options)) {
        return unreachable("Meta named a host for the file that is not one of its own");
      }
      try {
        const answer = await undiciRequest(url, {
          method: "GET",
          dispatcher: agent,
          signal,
          headers: { authorization: `Bearer ${accessToken}` },
        });
        if (answer.statusCode !== 200) {
          await answer.body.dump({
            limit: REFUSAL_BYTES,
            signal: AbortSignal.timeout(options.timeoutMs),
          });
          return unreachable(`The host of the file answered with HTTP ${answer.statusCode}`);
        }
        return {
          ok: true,
          download: {
            contentType: single(answer.headers["content-type"]),
            contentLength: single(answer.headers["content-length"]),
            body: ReadableStream.from(answer.body) as ReadableStream<Uint8Array>,
          },
        };
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
        return unreachable(`The host of the file could not be reached (${code})`);
      }
    },
    close: () => agent.destroy(),
  };
}

function unreachable(message: string): MediaResult {
  return { ok: false, failure: { reason: "unreachable", message } };
}

function single(value: string | string[] | undefined): string | null {
  return typeof value === "string" ? value : null;
}
