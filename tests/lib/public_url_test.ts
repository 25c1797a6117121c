/** Media URLs judged by the literal form of their host: a table of what is public and what is not. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findMediaUrlProblem } from "@/lib/public_url.ts";

const FORM = 'Must be an absolute http or https URL, such as "https://example.com/photo.jpg"';
const CHARACTERS = "Must not contain spaces or control characters";
const SIGN_IN = "Must not contain a user name or password: Meta fetches it without signing in";

Deno.test("findMediaUrlProblem accepts public names and addresses", () => {
  const cases = [
    "https://example.com",
    "http://example.com/a.jpg",
    "https://cdn.example.com:8443/a.jpg?b=c#d",
    "HTTPS://EXAMPLE.COM/A.JPG",
    "https://example.com./a.jpg",
    "https://münchen.example/straße.jpg",
    "https://xn--mnchen-3ya.example/",
    "https://my_bucket.s3.example.com/a",
    "https://localhost.example.com/a",
    "https://local.example.com/a",
    "https://10.example.com/a",
    "https://127.0.0.1.example.com/a",
    "https://example.com/http://localhost/",
    "https://example.com/?u=127.0.0.1@x",
    "https://1.1.1.1/a",
    "https://8.8.8.8:443/a",
    "https://172.15.255.255/a",
    "https://172.32.0.1/a",
    "https://[2606:4700:4700::1111]/a",
    "https://[2606:4700:4700:0:0:0:0:1111]:8443/a",
  ];
  for (const url of cases) assertEquals(findMediaUrlProblem(url), null, url);
});

Deno.test("findMediaUrlProblem refuses hosts that are not public, naming them as written", () => {
  const hosts = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "%6cocalhost",
    "app.localhost",
    "printer.local",
    "PRINTER.LOCAL.",
    "db.internal",
    "metadata.google.internal",
    "nas.home.arpa",
    "intranet",
    "com",
    "a..example.com",
    ".example.com",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:db8::1]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[4000::1]",
  ];
  for (const host of hosts) {
    const expected = `The host "${host}" is not public: Meta fetches the file over the internet`;
    for (const rest of ["", "/a.jpg", ":8080/a.jpg", "?a", "#a"]) {
      assertEquals(findMediaUrlProblem(`https://${host}${rest}`), expected, `${host}${rest}`);
    }
  }
});

Deno.test("findMediaUrlProblem refuses addresses in disguise, public ones too", () => {
  const cases: [string, string][] = [
    ["2130706433", "127.0.0.1"],
    ["0x7f000001", "127.0.0.1"],
    ["0x7f.1", "127.0.0.1"],
    ["0177.0.0.1", "127.0.0.1"],
    ["127.1", "127.0.0.1"],
    ["127.0.0.1.", "127.0.0.1"],
    ["127.000.000.001", "127.0.0.1"],
    ["0", "0.0.0.0"],
    ["134744072", "8.8.8.8"],
    ["\uff11\uff12\uff17.0.0.1", "127.0.0.1"],
    ["127\u30020\u30020\u30021", "127.0.0.1"],
  ];
  for (const [host, address] of cases) {
    assertEquals(
      findMediaUrlProblem(`http://${host}/a.jpg`),
      `The host "${host}" is an address in disguise: write it as "${address}" or use a name`,
    );
  }
});

Deno.test("findMediaUrlProblem refuses what is no absolute http or https URL", () => {
  const cases: [string, string][] = [
    ["", FORM],
    ["a.jpg", FORM],
    ["/a.jpg", FORM],
    ["//example.com/a.jpg", FORM],
    ["example.com/a.jpg", FORM],
    ["ftp://example.com/a.jpg", FORM],
    ["file:///etc/passwd", FORM],
    ["data:image/png;base64,AAAA", FORM],
    ["javascript:alert(1)", FORM],
    ["https:example.com", FORM],
    ["https:/example.com", FORM],
    ["https://", FORM],
    ["https:///a.jpg", FORM],
    ["https://\\localhost/", FORM],
    ["https://?a", FORM],
    ["https://example.com:99999/", FORM],
    ["https://[::1/", FORM],
    ["https://exa<mple.com/", FORM],
    ["https://1.2.3.4.5/", FORM],
    ["https://256.1.1.1/", FORM],
    [" https://example.com", CHARACTERS],
    ["https://example.com/a b", CHARACTERS],
    ["https://exam\nple.com/", CHARACTERS],
    ["https://example.com/\t", CHARACTERS],
    ["https://example.com/\0", CHARACTERS],
    ["https://example.com/\u00a0", CHARACTERS],
    ["https://user@example.com/", SIGN_IN],
    ["https://user:secret@example.com/", SIGN_IN],
    ["https://example.com@localhost/", SIGN_IN],
  ];
  for (const [url, problem] of cases) assertEquals(findMediaUrlProblem(url), problem, url);
});

Deno.test("findMediaUrlProblem counts 2048 characters, in code points", () => {
  const url = (length: number, fill: string) => `https://a.example/${fill.repeat(length - 18)}`;
  for (const fill of ["x", "😀"]) {
    assertEquals(findMediaUrlProblem(url(2048, fill)), null);
    assertEquals(findMediaUrlProblem(url(2049, fill)), "Must have at most 2048 characters");
  }
});

Deno.test("findMediaUrlProblem never throws and never accepts a private IPv4 address in any notation", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    findMediaUrlProblem(text);
    findMediaUrlProblem(`https://${text}`);
  }));
  const privates = fc.oneof(
    fc.tuple(fc.constantFrom(10, 127), fc.nat(255), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
  );
  fc.assert(fc.property(privates, ([a, b, c, d]) => {
    const whole = ((a * 256 + b) * 256 + c) * 256 + d;
    const spellings = [
      `${a}.${b}.${c}.${d}`,
      `${a}.${b}.${c * 256 + d}`,
      `${a}.${(b * 256 + c) * 256 + d}`,
      `${whole}`,
      `0x${whole.toString(16)}`,
      `0${whole.toString(8)}`,
      `0x${a.toString(16)}.${b}.${c}.0${d.toString(8)}`,
      `[::ffff:${a}.${b}.${c}.${d}]`,
      `[::${a}.${b}.${c}.${d}]`,
    ];
    for (const host of spellings) {
      assertEquals(findMediaUrlProblem(`http://${host}/`) === null, false, host);
    }
  }));
});
