/** Connecting a number in the browser, step by step and without scripts. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { readText } from "./key_pages.ts";
import {
  addNumber,
  auditOf,
  badgeOf,
  connect,
  digits,
  findSecrets,
  flashOf,
  giveSecrets,
  makeConnected,
  makeNewcomer,
  pick,
  textOf,
} from "./whatsapp_pages.ts";

interface Row {
  id: string;
  status: string;
  phone_number_id: string | null;
  access_token: string | null;
}

describe("The WhatsApp set-up", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const integrationOf = async (accountId: string) =>
    (await harness.query<Row>(
      `select id, status, phone_number_id, access_token from whatsapp_integrations
       where account_id = $1`,
      [accountId],
    ))[0];
  const draftCount = async (accountId: string) =>
    (await harness.query("select 1 from whatsapp_drafts where account_id = $1", [accountId]))
      .length;

  it("begins with what is needed, a test number of Meta's as an equal choice", async () => {
    const { admin } = await makeNewcomer(harness);
    const text = await textOf(admin);
    for (
      const part of [
        "A test number of Meta's",
        "A number of your own",
        "App settings > Basic",
        "whatsapp_business_messaging",
        "Access token",
      ]
    ) assertStringIncludes(text, part);
    assertEquals(await badgeOf(admin), "Not connected");
  });

  it("refuses a wrong token with Meta's reason, keeps the app secret, and goes on with the right one", async () => {
    const newcomer = await makeNewcomer(harness);
    const { admin, number } = newcomer;
    const wrong = await admin.post("/whatsapp/connect", {
      access_token: "EAAhushwrong",
      app_secret: number.appSecret,
    });
    assertEquals(wrong.status, 422);
    assertMatch(readText(wrong.text), /Meta refuses this token: .*\(code 190\)/);
    assertStringIncludes(readText(wrong.text), `ends in ${number.appSecret.slice(-4)}`);
    assertEquals(wrong.text.includes("EAAhushwrong"), false);

    const right = await admin.post("/whatsapp/connect", {
      access_token: ` ${number.accessToken}\n`,
      app_secret: "",
    });
    assertEquals([right.status, right.location], [303, "/whatsapp/number"]);
    assertEquals((await pick(newcomer)).location, "/whatsapp");
    assertEquals((await integrationOf(admin.account.id))?.phone_number_id, number.id);
  });

  it("asks for what is missing, and refuses what cannot be a secret", async () => {
    const { admin } = await makeNewcomer(harness);
    const empty = await admin.post("/whatsapp/connect", { access_token: "", app_secret: "" });
    assertEquals(empty.status, 422);
    assertStringIncludes(readText(empty.text), "Put in the access token");
    assertStringIncludes(readText(empty.text), "Put in the app secret");
    const spaced = await admin.post("/whatsapp/connect", {
      access_token: "EAA two words",
      app_secret: "x",
    });
    assertStringIncludes(readText(spaced.text), "The access token is one word without spaces");
    assertEquals(await draftCount(admin.account.id), 0);
  });

  it("survives a reload before the number is chosen, and can be discarded", async () => {
    const newcomer = await makeNewcomer(harness);
    const { admin } = newcomer;
    await giveSecrets(newcomer);
    assertEquals(await badgeOf(admin), "Setting up");
    assertStringIncludes(await textOf(admin), "Discard this set-up");
    assertEquals((await admin.post("/whatsapp/discard")).location, "/whatsapp");
    assertEquals(await draftCount(admin.account.id), 0);
    assertEquals(await badgeOf(admin), "Not connected");
    assertEquals(await auditOf(harness, admin), [
      "whatsapp.setup_started",
      "whatsapp.setup_discarded",
    ]);
  });

  it("lists every number that the token opens, of each account, and marks test numbers", async () => {
    const accessToken = `EAAhush${digits()}`;
    const newcomer = await makeNewcomer(harness, {
      accessToken,
      displayPhoneNumber: "+1 555-010-7777",
      verifiedName: "Main shop",
    });
    addNumber(harness, {
      accessToken,
      displayPhoneNumber: "+1 555-010-8888",
      verifiedName: "Test Number",
      accountMode: "SANDBOX",
    });
    await giveSecrets(newcomer);
    const text = await textOf(newcomer.admin, "/whatsapp/number");
    for (const part of ["+1 555-010-7777", "Main shop", "quality high", "+1 555-010-8888"]) {
      assertStringIncludes(text, part);
    }
    assertEquals(text.split("Meta's test number").length, 2);
  });

  it("connects the picked number, checks it at once and keeps no draft", async () => {
    const newcomer = await makeNewcomer(harness);
    const { admin, number } = newcomer;
    const text = readText((await connect(newcomer)).text);
    for (
      const part of [
        "Works and never expires",
        "Belongs to the token's app",
        "Registered for the Cloud API",
        "gets the account's events",
        "Waiting for Meta…",
      ]
    ) assertStringIncludes(text, part);
    const row = await integrationOf(admin.account.id);
    assertEquals([row?.status, row?.phone_number_id], ["connected", number.id]);
    assertEquals(await draftCount(admin.account.id), 0);
    assertEquals(await badgeOf(admin), "Setting up");
    assertEquals(await auditOf(harness, admin), ["whatsapp.setup_started", "whatsapp.connected"]);
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: admin.account.key.key,
      body: { to: "+14155550123", text: "Hello" },
    });
    assertEquals(sent.status, 201);
  });

  it("a button that is pressed several times connects once, and every press ends well", async () => {
    for (let round = 0; round < 3; round++) {
      const newcomer = await makeNewcomer(harness);
      await giveSecrets(newcomer);
      const answers = await Promise.all(Array.from({ length: 8 }, () => pick(newcomer)));
      assertEquals(answers.map(({ status }) => status), Array(8).fill(303));
      const row = await integrationOf(newcomer.admin.account.id);
      assertEquals([row?.status, row?.phone_number_id], ["connected", newcomer.number.id]);
    }
  });

  it("a draft that the server's keys cannot read is asked for anew", async () => {
    const newcomer = await makeNewcomer(harness);
    const { admin } = newcomer;
    await giveSecrets(newcomer);
    await harness.query("update whatsapp_drafts set access_token = 'x' where account_id = $1", [
      admin.account.id,
    ]);
    assertEquals((await admin.get("/whatsapp")).status, 200);
    assertEquals((await admin.get("/whatsapp/number")).location, "/whatsapp/connect");
    await connect(newcomer);
    assertEquals((await integrationOf(admin.account.id))?.phone_number_id, newcomer.number.id);
  });

  it("takes ids typed by hand where the token names no account", async () => {
    const newcomer = await makeNewcomer(harness, { token: { limited: false } });
    const { admin, number } = newcomer;
    await giveSecrets(newcomer);
    assertStringIncludes(
      await textOf(admin, "/whatsapp/number"),
      "type the ids of number and account below",
    );
    const wrong = await admin.post("/whatsapp/number", {
      phone_number_id: "abc",
      waba_id: number.wabaId,
    });
    assertEquals(wrong.status, 422);
    assertStringIncludes(readText(wrong.text), "The id is digits");
    const right = await admin.post("/whatsapp/number", {
      phone_number_id: number.id,
      waba_id: ` ${number.wabaId} `,
    });
    assertEquals(right.location, "/whatsapp");
  });

  for (const permissionsIn of ["scopes", "granular_scopes"] as const) {
    it(`reads permissions from ${permissionsIn} alone`, async () => {
      const newcomer = await makeNewcomer(harness, { token: { permissionsIn } });
      const { admin, number } = newcomer;
      await giveSecrets(newcomer);
      const answer = await admin.post("/whatsapp/number", {
        phone_number_id: number.id,
        waba_id: number.wabaId,
      });
      assertEquals(answer.location, "/whatsapp");
      assertStringIncludes(
        await textOf(admin),
        "Has whatsapp_business_messaging and whatsapp_business_management",
      );
    });
  }

  it("refuses a number and an account that do not belong together, and stores nothing", async () => {
    const accessToken = `EAAhush${digits()}`;
    const newcomer = await makeNewcomer(harness, { accessToken });
    const other = addNumber(harness, { accessToken });
    await giveSecrets(newcomer);
    const { admin, number } = newcomer;
    const answer = await admin.post("/whatsapp/number", {
      phone_number_id: number.id,
      waba_id: other.wabaId,
    });
    assertEquals(answer.status, 422);
    assertStringIncludes(readText(answer.text), "does not belong to the WhatsApp Business account");
    assertEquals(await integrationOf(admin.account.id), undefined);
  });

  it("offers no number that another account holds, and refuses it when it is asked for", async () => {
    const holder = await makeConnected(harness);
    const admin = await signIn(harness, {
      account: await harness.makeAccount({ connected: false }),
    });
    const rival = { admin, number: holder.number };
    await giveSecrets(rival);
    assertStringIncludes(
      await textOf(admin, "/whatsapp/number"),
      "Connected to another account",
    );
    const answer = await pick(rival);
    assertEquals(answer.status, 422);
    assertStringIncludes(readText(answer.text), "is connected to another account on this server");
    assertEquals(await integrationOf(admin.account.id), undefined);
    assertEquals((await integrationOf(holder.admin.account.id))?.phone_number_id, holder.number.id);
  });

  it("changes to another number without asking for the secrets again", async () => {
    const accessToken = `EAAhush${digits()}`;
    const newcomer = await makeConnected(harness, { accessToken });
    const { admin } = newcomer;
    const before = await integrationOf(admin.account.id);
    const other = addNumber(harness, { accessToken, displayPhoneNumber: "+1 555-010-4242" });
    assertStringIncludes(await textOf(admin, "/whatsapp/number"), "In use");
    assertEquals((await pick({ admin, number: other })).location, "/whatsapp");
    const after = await integrationOf(admin.account.id);
    assertEquals([after?.id, after?.phone_number_id], [before?.id, other.id]);
    assertEquals(after?.access_token, before?.access_token);
    assertStringIncludes(await textOf(admin), "+1 555-010-4242");
    assert((await auditOf(harness, admin)).includes("whatsapp.number_changed"));
  });

  it("says so when Meta cannot be reached, and stores nothing of the token", async () => {
    const newcomer = await makeNewcomer(harness);
    harness.simulator.faults.next({ kind: "resetAfterRead" });
    const answer = await giveSecrets(newcomer);
    assertEquals(answer.status, 422);
    assertMatch(readText(answer.text), /No complete answer from Meta.*try again/);
    assertEquals((await giveSecrets(newcomer)).location, "/whatsapp/number");
  });

  it("shows no secret on any page, and writes none into the log", async () => {
    const newcomer = await makeNewcomer(harness);
    const { admin, number } = newcomer;
    const secrets = [number.accessToken, number.appSecret, "EAAhushnever"];
    await admin.post("/whatsapp/connect", {
      access_token: "EAAhushnever",
      app_secret: number.appSecret,
    });
    await giveSecrets(newcomer);
    assertEquals(await findSecrets(harness, { admin, secrets }), []);
    await pick(newcomer);
    assertEquals(await findSecrets(harness, { admin, secrets }), []);
    assertEquals(flashOf(admin)?.kind ?? "success", "success");
  });
});
