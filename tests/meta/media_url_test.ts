/** Where an access token may be sent to fetch a file. */
import { describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { isMediaUrl } from "@/lib/meta/media.ts";

const ALLOWED = [
  "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=x",
  "https://scontent.xx.fbcdn.net/v/file.jpg",
  "https://mmg.whatsapp.net/o1/v",
  "https://LOOKASIDE.FBSBX.COM/x",
  "https://lookaside.fbsbx.com:443/x",
  "https://graph.example:8443/files/1",
];

const REFUSED: Record<string, string> = {
  "plain http on a host of Meta": "http://lookaside.fbsbx.com/x",
  "another port": "https://lookaside.fbsbx.com:8443/x",
  "a user": "https://me@lookaside.fbsbx.com/x",
  "a password": "https://me:secret@lookaside.fbsbx.com/x",
  "Meta's host as the user": "https://lookaside.fbsbx.com@evil.example/x",
  "Meta's host as the password": "https://a:lookaside.fbsbx.com@evil.example/x",
  "a look-alike ending": "https://evilfbsbx.com/x",
  "a look-alike with a dash": "https://x-fbcdn.net/x",
  "Meta's name in front": "https://lookaside.fbsbx.com.evil.example/x",
  "Meta's name in the path": "https://evil.example/.fbsbx.com",
  "Meta's name in the query": "https://evil.example/?x=.whatsapp.net",
  "Meta's name in the fragment": "https://evil.example/#.whatsapp.net",
  "a backslash": "https://evil.example\\.fbsbx.com/x",
  "an encoded slash in the host": "https://evil.example%2f.fbsbx.com/x",
  "a trailing dot": "https://lookaside.fbsbx.com./x",
  "the bare domain": "https://fbsbx.com/x",
  "a look-alike letter": "https://lookaside.fbsbх.com/x",
  "an address": "https://127.0.0.1/x",
  "another host": "https://example.com/x",
  "the Graph API's host by http": "http://graph.example:8443/x",
  "the Graph API's host with another port": "https://graph.example/x",
  "the Graph API's host with a user": "https://me@graph.example:8443/x",
  "a host below the Graph API's": "https://a.graph.example:8443/x",
  "a blob of the Graph API's origin": "blob:https://graph.example:8443/1",
  "another scheme": "ftp://lookaside.fbsbx.com/x",
  "a file": "file:///etc/passwd",
  "no URL": "lookaside.fbsbx.com/x",
  "nothing": "",
};

describe("isMediaUrl()", () => {
  const options = { graphUrl: "https://graph.example:8443" };

  for (const url of ALLOWED) {
    it(`allows ${url}`, () => assertEquals(isMediaUrl(url, options), true));
  }
  for (const [name, url] of Object.entries(REFUSED)) {
    it(`refuses ${name}`, () => assertEquals(isMediaUrl(url, options), false));
  }

  it("allows plain http for the Graph API in use alone", () => {
    const local = { graphUrl: "http://127.0.0.1:9" };
    assertEquals(isMediaUrl("http://127.0.0.1:9/files/1", local), true);
    assertEquals(isMediaUrl("http://127.0.0.1:10/files/1", local), false);
    assertEquals(isMediaUrl("http://lookaside.fbsbx.com/x", local), false);
  });
});
