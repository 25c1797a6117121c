/**
 * Judges whether a media URL can be public, by its literal form alone: Meta fetches it, not this server, so no name
 * is looked up. What it catches are the mistakes that Meta would only report minutes later (an address of the
 * caller's own network) and hosts written so as to hide what they are.
 */
import ipaddr from "ipaddr.js";

const MAX_URL_LENGTH = 2048;

const LOCAL_ENDINGS = [".local", ".internal", ".localhost", ".home.arpa"];

/** What is wrong with a media URL, or null if nothing is. */
export function findMediaUrlProblem(text: string): string | null {
  if ([...text].length > MAX_URL_LENGTH) return `Must have at most ${MAX_URL_LENGTH} characters`;
  if (/[\s\p{Cc}]/u.test(text)) return "Must not contain spaces or control characters";
  if (!/^https?:\/\/[^/\\]/i.test(text) || !URL.canParse(text)) {
    return 'Must be an absolute http or https URL, such as "https://example.com/photo.jpg"';
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return "Must not contain a user name or password: Meta fetches it without signing in";
  }
  return findHostProblem(url.hostname, writtenHost(text));
}

function findHostProblem(hostname: string, written: string): string | null {
  const notPublic = `The host "${written}" is not public: Meta fetches the file over the internet`;
  if (hostname.startsWith("[")) {
    return isPublicAddress(hostname.slice(1, -1)) ? null : notPublic;
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(hostname)) {
    // The URL parser turns "2130706433", "0x7f.1" and the like into four decimal parts.
    if (hostname !== written) {
      return `The host "${written}" is an address in disguise: write it as "${hostname}" or use a name`;
    }
    return isPublicAddress(hostname) ? null : notPublic;
  }
  const name = hostname.replace(/\.$/, "").toLowerCase();
  const labels = name.split(".");
  if (labels.length < 2 || labels.includes("") || isLocalName(name)) return notPublic;
  return null;
}

function isLocalName(name: string): boolean {
  return LOCAL_ENDINGS.some((ending) => name.endsWith(ending));
}

function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  // "unicast" leaves out loopback, private, link-local, carrier NAT, documentation, mapped and tunnelled ranges.
  if (address.range() !== "unicast") return false;
  // All public IPv6 addresses are in 2000::/3 (RFC 4291); "::127.0.0.1" is not.
  return !(address instanceof ipaddr.IPv6) || address.match(ipaddr.IPv6.parseCIDR("2000::/3"));
}

/** The host as the caller wrote it, before the URL parser normalised it. */
function writtenHost(text: string): string {
  const authority = text.replace(/^https?:\/\//i, "").split(/[/?#\\]/)[0] ?? "";
  return authority.replace(/:[0-9]*$/, "");
}
