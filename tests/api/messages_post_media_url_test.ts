/**
 * Media URLs over HTTP: the accepted ones reach Meta unchanged, the refused ones leave nothing behind, for messages and
 * template headers alike. The full table of hosts is in tests/lib/public_url_test.ts.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertNothingLeft, lastReceived, send } from "@/tests/helpers/message_calls.ts";

const TO = "+14155550123";

const ACCEPTED = [
  "https://cdn.example.com/a.jpg",
  "http://cdn.example.com:8080/a.jpg?token=a%20b&c=d#e",
  "HTTPS://CDN.Example.COM/Ä.jpg",
  "https://münchen.example/straße.jpg",
  "https://203.0.114.5/a.jpg",
  "https://[2606:4700:4700::1111]/a.jpg",
  "https://cdn.example.com",
];

const REFUSED = [
  "cdn.example.com/a.jpg",
  "//cdn.example.com/a.jpg",
  "ftp://cdn.example.com/a.jpg",
  "file:///etc/passwd",
  "data:image/png;base64,AAAA",
  "javascript:alert(1)",
  "https://",
  "https:///a.jpg",
  "https://cdn example.com/a.jpg",
  "https://cdn.example.com/a b.jpg",
  " https://cdn.example.com/a.jpg",
  "https://user:secret@cdn.example.com/a.jpg",
  "http://localhost/a.jpg",
  "http://127.0.0.1/a.jpg",
  "http://2130706433/a.jpg",
  "http://0x7f000001/a.jpg",
  "http://10.1.2.3/a.jpg",
  "http://169.254.169.254/latest/meta-data",
  "http://[::1]/a.jpg",
  "http://[::ffff:127.0.0.1]/a.jpg",
  "http://intranet/a.jpg",
  "http://printer.local/a.jpg",
  "http://db.internal/a.jpg",
];

describe("POST /api/v1/messages with a media URL", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("201 sends public URLs to Meta as they were written", async () => {
    const account = await harness.makeAccount();
    for (const media_url of ACCEPTED) {
      const answer = await send(harness, account, { body: { to: TO, type: "image", media_url } });
      assertEquals(answer.status, 201, answer.text);
      assertEquals(lastReceived(harness, account).body?.image, { link: media_url });
    }
  });

  it("400 refuses all others, as media and as template header, and leaves nothing behind", async () => {
    const account = await harness.makeAccount();
    for (const url of REFUSED) {
      const media = await send(harness, account, {
        body: { to: TO, type: "video", media_url: url },
      });
      const header = await send(harness, account, {
        body: {
          to: TO,
          type: "template",
          template: { name: "order_update", params: { headerMediaUrl: url } },
        },
      });
      const paths = [media, header].map((answer) => {
        assertApiError(answer, { status: 400, code: "bad_request", retryable: false });
        return answer.json.error.details.issues.map(({ path }: { path: string }) => path);
      });
      assertEquals(paths, [["media_url"], ["template.params.headerMediaUrl"]], url);
    }
    await assertNothingLeft(harness, account);
  });
});
