/** The checks of a connected number: each that fails says why, offers its fix, and turns good by it. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { StoredCheck } from "@/db/integration_health.ts";
import type { AdminClient } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { readText } from "./key_pages.ts";
import {
  addNumber,
  auditOf,
  badgeOf,
  digits,
  flashOf,
  makeConnected,
  textOf,
} from "./whatsapp_pages.ts";

const NOTHING = "none";

describe("The checks of a WhatsApp number", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function checkOf(admin: AdminClient, name: string): Promise<StoredCheck> {
    const [row] = await harness.query<{ checks: StoredCheck[] }>(
      "select checks from whatsapp_integrations where account_id = $1",
      [admin.account.id],
    );
    const check = row?.checks.find((each) => each.name === name);
    assert(check !== undefined, `There is no check "${name}"`);
    return check;
  }
  const stateOf = async (admin: AdminClient, name: string) => (await checkOf(admin, name)).state;

  it("an account without the app's subscription is subscribed by one click", async () => {
    const { admin, number } = await makeConnected(harness, { subscribed: false });
    assertEquals(await stateOf(admin, "subscription"), "fail");
    assertEquals(await badgeOf(admin), "Needs attention");
    assertStringIncludes(await textOf(admin), "No app is subscribed");
    const answer = await admin.post("/whatsapp/subscribe");
    assertEquals([answer.status, answer.location], [303, "/whatsapp"]);
    assertEquals(flashOf(admin)?.kind, "success");
    assertEquals([await stateOf(admin, "subscription"), number.subscribed], ["ok", true]);
    assertEquals(await badgeOf(admin), "Setting up");
    assertEquals((await auditOf(harness, admin)).at(-1), "whatsapp.app_subscribed");
  });

  it("another app's subscription does not count", async () => {
    const wabaId = digits();
    const token = { appId: "777000777", appName: "Ours" };
    const { admin } = await makeConnected(harness, { wabaId, subscribed: false, token });
    addNumber(harness, { wabaId, token: { appId: "888000888" } });
    await admin.post("/whatsapp/check");
    assertStringIncludes((await checkOf(admin, "subscription")).detail, '"Ours" is not subscribed');
  });

  it("an unregistered number is registered with its PIN; a wrong PIN is told, and none is kept", async () => {
    const { admin } = await makeConnected(harness, {
      platformType: "NOT_APPLICABLE",
      status: "PENDING",
      pin: "428913",
    });
    assertEquals(await stateOf(admin, "registration"), "fail");
    assertStringIncludes((await admin.get("/whatsapp")).text, 'href="/whatsapp/register"');
    const short = await admin.post("/whatsapp/register", { pin: "12" });
    assertStringIncludes(readText(short.text), "The PIN is 6 digits");
    const wrong = await admin.post("/whatsapp/register", { pin: "111111" });
    assertEquals(wrong.status, 422);
    assertMatch(readText(wrong.text), /\(code 133005\)/);
    assertEquals(wrong.text.includes("111111"), false);
    assertEquals((await admin.post("/whatsapp/register", { pin: "428913" })).status, 303);
    assertEquals(await stateOf(admin, "registration"), "ok");
    const [row] = await harness.query<{ row: string }>(
      "select i::text as row from whatsapp_integrations i where account_id = $1",
      [admin.account.id],
    );
    assertEquals(row?.row.includes("428913"), false);
    assertEquals(harness.server.lines.some((line) => line.includes("428913")), false);
    assertEquals((await auditOf(harness, admin)).at(-1), "whatsapp.number_registered");
  });

  it("a number that is not verified is told to be verified first", async () => {
    const { admin } = await makeConnected(harness, {
      platformType: "NOT_APPLICABLE",
      codeVerificationStatus: "NOT_VERIFIED",
    });
    assertMatch((await checkOf(admin, "registration")).fix ?? "", /^Verify the number/);
    const answer = await admin.post("/whatsapp/register", { pin: "123456" });
    assertMatch(readText(answer.text), /\(code 133006\)/);
  });

  it("a test number of Meta's is never asked for a PIN", async () => {
    const { admin } = await makeConnected(harness, {
      accountMode: "SANDBOX",
      platformType: "NOT_APPLICABLE",
      codeVerificationStatus: "NOT_VERIFIED",
    });
    assertEquals(await stateOf(admin, "registration"), "ok");
    assertEquals((await admin.get("/whatsapp")).text.includes("/whatsapp/register"), false);
  });

  it("a missing permission is named with what it is for", async () => {
    const { admin } = await makeConnected(harness, {
      token: { permissions: ["whatsapp_business_management"] },
    });
    const check = await checkOf(admin, "permissions");
    assertEquals(check.state, "fail");
    assertStringIncludes(check.detail, "lacks whatsapp_business_messaging (to send");
    assertStringIncludes(check.fix ?? "", "tick both");
  });

  for (
    const [days, state] of [[3, "warn"], [60, "ok"]] as const
  ) {
    it(`a token that ends in ${days} days is ${state === "ok" ? "good" : "warned about"}`, async () => {
      const expiresAt = Math.floor(Date.now() / 1000) + days * 86_400;
      const { admin } = await makeConnected(harness, { token: { expiresAt } });
      const check = await checkOf(admin, "token");
      assertEquals(check.state, state);
      assertMatch(check.detail, /^Works until \d+ \w+ 20\d\d/);
      assertEquals(await badgeOf(admin), "Setting up");
    });
  }

  it("an app secret of another app is warned about before any event comes", async () => {
    const { admin } = await makeConnected(harness);
    assertEquals(await stateOf(admin, "app_secret"), "ok");
    await admin.post("/whatsapp/secrets/app-secret", { value: "hushofanotherapp" });
    const check = await checkOf(admin, "app_secret");
    assertEquals(check.state, "warn");
    assertStringIncludes(check.fix ?? "", "Copy the app secret of that app");
  });

  for (
    const [changes, state, part] of [
      [{ qualityRating: "RED" }, "warn", "quality low"],
      [{ status: "BANNED" }, "fail", "banned"],
      [{ qualityRating: "UNKNOWN" }, "ok", "not rated yet"],
    ] as const
  ) {
    it(`a number with ${JSON.stringify(changes)} is shown as ${state}`, async () => {
      const { admin } = await makeConnected(harness, changes);
      const check = await checkOf(admin, "number");
      assertEquals(check.state, state);
      assertStringIncludes(check.detail, part);
    });
  }

  it("what Meta does not answer is not known, and leaves the rest as it is", async () => {
    const { admin } = await makeConnected(harness);
    harness.simulator.faults.next({ kind: "status5xxWithoutBody" }, 4);
    assertEquals((await admin.post("/whatsapp/check")).status, 303);
    for (const name of ["token", "number", "subscription"]) {
      assertEquals(await stateOf(admin, name), "unknown", name);
    }
    assertEquals(await badgeOf(admin), "Setting up");
    harness.simulator.faults.clear();
    await admin.post("/whatsapp/check");
    assertEquals(await stateOf(admin, "number"), "ok");
  });

  it("every check says when it was made", async () => {
    const { admin } = await makeConnected(harness);
    const before = (await checkOf(admin, "number")).checked_at;
    await admin.post("/whatsapp/check");
    const after = (await checkOf(admin, "number")).checked_at;
    assert(after > before);
    assertStringIncludes((await admin.get("/whatsapp")).text, after);
  });

  it("nothing can be checked or mended without a number, in test mode, or by GET", async () => {
    const { admin } = await makeConnected(harness);
    await admin.post("/whatsapp/disconnect");
    for (const path of ["/whatsapp/check", "/whatsapp/subscribe"]) {
      assertEquals((await admin.post(path)).location, "/whatsapp");
      assertEquals(flashOf(admin)?.kind ?? NOTHING, "error", path);
      assertEquals((await admin.get(path)).location, "/whatsapp");
    }
    for (const path of ["/whatsapp/check", "/whatsapp/connect", "/whatsapp/secrets/app-secret"]) {
      const answer = await admin.post(`${path}?mode=test`, { value: "x" });
      assertEquals([answer.status, answer.location], [303, "/whatsapp?mode=test"], path);
    }
  });
});
