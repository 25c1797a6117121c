/** The oracle itself: it is silent about a good run, and goes red at each kind of breach, made up or real. */
import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import type { Meddling } from "@/tests/chaos/meddler.ts";
import type { ClientAnswer, Evidence } from "@/tests/chaos/evidence.ts";
import { judge } from "@/tests/chaos/oracle.ts";
import { runChaos } from "@/tests/chaos/run.ts";

const IDS = {
  message_id: "m1",
  whatsapp_message_id: "wamid.1",
  conversation_id: "v1",
  contact_id: "c1",
  contact_created: true,
};

function at<T>(list: T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`There is no item ${index}`);
  return item;
}

function answer(of: Partial<ClientAnswer>): ClientAnswer {
  return {
    key: "k1",
    startedAt: 0,
    endedAt: 1,
    status: 201,
    code: null,
    ids: null,
    replayed: false,
    retryable: null,
    messageId: null,
    text: null,
    ...of,
  };
}

/** One message was sent; of another nobody knows, and Meta never had it. */
function goodRun(): Evidence {
  const to = "+525510000001";
  const row = { recipient: to, contact_id: "c1", conversation_id: "v1" };
  return {
    sends: [{ key: "k1", person: 1, to, text: "one" }, { key: "k2", person: 1, to, text: "two" }],
    answers: [
      answer({ status: 503, code: "unavailable", retryable: true }),
      answer({ ids: { ...IDS } }),
      answer({ key: "k2", status: 504, code: "outcome_unknown", messageId: "m2" }),
      answer({ ids: { ...IDS }, replayed: true }),
    ],
    calls: [
      {
        callbackData: "m1",
        to,
        text: "one",
        taken: false,
        refused: true,
        wamid: null,
        fault: "throttled",
      },
      {
        callbackData: "m1",
        to,
        text: "one",
        taken: true,
        refused: false,
        wamid: "wamid.1",
        fault: null,
      },
      {
        callbackData: "m2",
        to,
        text: "two",
        taken: false,
        refused: false,
        wamid: null,
        fault: "reset",
      },
    ],
    messages: [
      { ...row, id: "m1", status: "sent", wamid: "wamid.1", idempotency_key: "k1", body: "one" },
      { ...row, id: "m2", status: "unknown", wamid: null, idempotency_key: "k2", body: "two" },
    ],
    contacts: [{ id: "c1", phone: to }],
    conversations: [{ id: "v1", contact_id: "c1" }],
    reservations: [{ key: "k1", message_id: "m1" }, { key: "k2", message_id: "m2" }],
    unexpectedExits: [],
  };
}

const BREACHES: Record<string, (run: Evidence) => unknown> = {
  "a second call after one that may have been taken": ({ calls }) =>
    calls.push({ ...at(calls, 2) }),
  "a message that Meta took and nobody stored": ({ messages }) => messages.shift(),
  "a message that Meta took and that is stored as unknown": ({ messages }) => {
    Object.assign(at(messages, 0), { status: "unknown", wamid: null });
  },
  "a message that Meta took and that is stored as failed": ({ messages }) => {
    at(messages, 0).status = "failed";
  },
  "a 201 with a wamid of its own": ({ answers }) => {
    at(answers, 1).ids = { ...IDS, whatsapp_message_id: "wamid.2" };
  },
  "a 201 for another request's message": ({ answers }) => {
    at(answers, 1).key = "k2";
  },
  "a replay that says something else": ({ answers }) => {
    at(answers, 3).ids = { ...IDS, contact_created: false };
  },
  "a second 201 that is no replay": ({ answers }) => {
    at(answers, 3).replayed = false;
  },
  "a request that hangs": ({ answers }) => {
    at(answers, 0).endedAt = 20_000;
  },
  "a 500": ({ answers }) => answers.unshift(answer({ status: 500, code: "internal" })),
  "a refusal told for a message that is not failed": ({ answers }) =>
    answers.unshift(answer({ status: 503, code: "meta_unavailable", messageId: "m1" })),
  "a message that nobody asked for": ({ calls }) => {
    at(calls, 1).to = "+525510000002";
  },
  "a message that stays pending": ({ messages }) => {
    at(messages, 1).status = "pending";
  },
  "a request that is left open": ({ answers }) => {
    at(answers, 2).code = "idempotency_in_progress";
  },
  "a request that was never answered": ({ answers }) => answers.splice(2, 1),
  "a person with two contacts": ({ messages, contacts }) => {
    at(messages, 1).contact_id = "c2";
    contacts.push({ id: "c2", phone: null });
  },
  "a contact that no message has": ({ contacts }) => contacts.push({ id: "c2", phone: null }),
  "a key that is reserved for nothing": ({ reservations }) => {
    at(reservations, 0).message_id = "m3";
  },
  "a process that ended by itself": ({ unexpectedExits }) => unexpectedExits.push("A server ended"),
};

describe("the oracle of the chaos suite", () => {
  it("is silent about a run in which the promise was kept", () => {
    assertEquals(judge(goodRun()), []);
  });

  for (const [name, breach] of Object.entries(BREACHES)) {
    it(`goes red at ${name}`, () => {
      const run = goodRun();
      breach(run);
      assert(judge(run).length > 0);
    });
  }

  const MEDDLINGS: Record<Meddling, RegExp> = {
    double_send: /Meta was handed the message 2 times/,
    lost_row: /taken by Meta and not stored/,
    wrong_answer: /201 with a wamid that Meta never gave/,
  };
  for (const [meddling, expected] of Object.entries(MEDDLINGS)) {
    it(`goes red at a real run with a ${meddling.replace("_", " ")}`, async () => {
      const { evidence } = await runChaos({
        seed: 1,
        sends: 60,
        concurrency: 8,
        metaFails: false,
        trouble: async () => {},
        meddling: meddling as Meddling,
      });
      const wrong = judge(evidence);
      assert(wrong.some((line) => expected.test(line)), wrong.join("\n"));
    });
  }
});
