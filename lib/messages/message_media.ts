/** The file of an inbound message, passed on from Meta to whoever may read the message. */
import { bounded } from "@/db/errors.ts";
import { findIntegration } from "@/db/integrations.ts";
import type { MessageRow } from "@/db/messages.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { decryptIntegrationSecrets } from "@/lib/integration_secrets.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { metaDetails } from "@/lib/messages/send_outcome.ts";
import { findMediaUrl, type MediaFailure } from "@/lib/meta/media.ts";
import type { Services } from "@/lib/services.ts";

const RETRY_AFTER_SECONDS = "5";

/**
 * Opens the file of a message as a response that no browser will run or show in our name.
 *
 * @throws ApiError not_found, whatsapp_not_configured, meta_error or meta_unavailable
 */
export async function streamMessageMedia(
  services: Services,
  options: { accountId: string; mode: Mode; message: MessageRow },
): Promise<Response> {
  const { accountId, mode, message } = options;
  const { media } = message;
  if (media === null) throw new ApiError("not_found", "This message has no file");
  const row = await bounded(findIntegration(services.db.sql, accountId), READ_TIMEOUT_MS);
  if (row === null || row.phone_number_id === null) {
    throw new ApiError(
      "whatsapp_not_configured",
      "The account has no WhatsApp integration any more, so Meta cannot be asked for the file",
    );
  }
  const { accessToken } = decryptIntegrationSecrets(services.secrets, row);
  const found = await findMediaUrl(services.graph[mode], {
    mediaId: media.id,
    phoneNumberId: row.phone_number_id,
    accessToken,
    signal: AbortSignal.timeout(services.config.metaTimeoutMs),
  });
  if (!found.ok) throw toApiError(found.failure);
  // No limit for the whole: a large file may take minutes. The client's end of the stream ends the download.
  const result = await services.media.open({
    url: found.url,
    accessToken,
    signal: new AbortController().signal,
  });
  if (!result.ok) throw toApiError(result.failure);
  return new Response(result.download.body, {
    headers: {
      "content-type": safeType(media.mime_type),
      ...(result.download.contentLength === null
        ? {}
        : { "content-length": result.download.contentLength }),
      "content-disposition": disposition(media.filename ?? `${message.type}-${message.id}`),
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    },
  });
}

function toApiError(failure: MediaFailure): ApiError {
  if (failure.reason === "refused") {
    return new ApiError(
      "meta_error",
      `Meta refuses the file: ${failure.error.message}. Files are kept for a few days only`,
      { details: { meta: metaDetails(failure.error) } },
    );
  }
  return new ApiError("meta_unavailable", `${failure.message}: try again in a few seconds`, {
    headers: { "retry-after": RETRY_AFTER_SECONDS },
  });
}

/** The type that the sender's phone named, if it is one at all. */
function safeType(mimeType: string): string {
  return /^[a-z]+\/[a-z0-9.+-]+(; ?[a-z]+=[a-z0-9.-]+)*$/i.test(mimeType)
    ? mimeType
    : "application/octet-stream";
}

/** RFC 6266: a plain name for old clients, the whole one for all others. */
function disposition(filename: string): string {
  // No folders and nothing invisible: the sender chose the name.
  const name = filename.toWellFormed().replace(/[\p{Cc}\p{Bidi_Control}/\\]/gu, "_");
  const plain = name.replace(/[^\x20-\x7e]|"/g, "_");
  const whole = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
