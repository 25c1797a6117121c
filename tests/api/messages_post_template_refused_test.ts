/**
 * Templates that are refused before anything is stored: every problem is named with its path, no value is ever dropped
 * without a word.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  assertIssues,
  assertNothingLeft,
  type Issue,
  send,
} from "@/tests/helpers/message_calls.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

const TO = "+14155550123";

const HEADER_CLASH = "A header is either text or media: leave headerText or the header media out";
const REFUSED: [string, unknown, Issue[]][] = [
  [
    "values that are no text, each by its index",
    ["a", null, {}, [], "b"],
    [1, 2, 3].map((index) => ({
      path: `template.params[${index}]`,
      message: "Must be a string, a number or a boolean",
    })),
  ],
  ["values of a positional body, by index", { body: [null, "a"] }, [{
    path: "template.params.body[0]",
    message: "Must be a string, a number or a boolean",
  }]],
  [
    "values of a named body, by name",
    { body: { a: [], b: {}, c: "x" } },
    ["a", "b"].map((name) => ({
      path: `template.params.body.${name}`,
      message: "Must be a string, a number or a boolean",
    })),
  ],
  ["a body that is a string", { body: "Ann" }, [{
    path: "template.params.body",
    message: "Must be an array of values, or an object from variable names to values",
  }]],
  ["params that are a string", "Ann", [{
    path: "template.params",
    message: "Must be an array of body values, or an object of components",
  }]],
  ["params that are a number", 5, [{
    path: "template.params",
    message: "Must be an array of body values, or an object of components",
  }]],
  ["101 values", Array(101).fill("a"), [{
    path: "template.params",
    message: "Must have at most 100 entries",
  }]],
  ["a value of 32769 characters", ["a".repeat(32_769)], [{
    path: "template.params[0]",
    message: "Must have at most 32768 characters",
  }]],
  ["a variable with an empty and one with a long name", {
    body: { "": "x", ["a".repeat(61)]: "y" },
  }, [
    { path: "template.params.body.", message: "Must not be empty" },
    {
      path: `template.params.body.${"a".repeat(61)}`,
      message: "Must have at most 60 characters",
    },
  ]],
  ["header text together with a media URL", {
    headerText: "A",
    headerMediaUrl: "https://a.example/x",
  }, [{
    path: "template.params.headerText",
    message: HEADER_CLASH,
  }]],
  ["header text together with a media id", { headerText: "A", headerMediaId: "1" }, [{
    path: "template.params.headerText",
    message: HEADER_CLASH,
  }]],
  [
    "header media from two sources",
    { headerMediaUrl: "https://a.example/x", headerMediaId: "1" },
    [{
      path: "template.params.headerMediaId",
      message: "The header media has one source: leave headerMediaUrl or headerMediaId out",
    }],
  ],
  ["a header media type without media", { headerMediaType: "image" }, [{
    path: "template.params.headerMediaType",
    message: "Needs headerMediaUrl or headerMediaId beside it",
  }]],
  ["a header media type that headers do not have", {
    headerMediaId: "1",
    headerMediaType: "audio",
  }, [{
    path: "template.params.headerMediaType",
    message: 'Must be one of "image", "video", "document"',
  }]],
  ["header media at a host that is not public", { headerMediaUrl: "http://localhost/x.jpg" }, [{
    path: "template.params.headerMediaUrl",
    message: 'The host "localhost" is not public: Meta fetches the file over the internet',
  }]],
  [
    "button indexes that do not exist",
    { buttonParams: { "10": "a", "-1": "b", "1": "c", "": "d" } },
    [
      "10",
      "-1",
      "",
    ].map((index) => ({
      path: `template.params.buttonParams.${index}`,
      message: 'Must be the index of a button, "0" to "9"',
    })),
  ],
  ["button values that are no text", { buttonParams: { "0": {} } }, [{
    path: "template.params.buttonParams.0",
    message: "Must be a string, a number or a boolean",
  }]],
  ["unknown params, with the closest known one", { bodyy: [], header_text: "x", buttons: {} }, [
    { path: "template.params.bodyy", message: 'Unknown field: did you mean "body"?' },
    { path: "template.params.header_text", message: 'Unknown field: did you mean "headerText"?' },
    {
      path: "template.params.buttons",
      message:
        'Unknown field: the known ones are "body", "headerText", "headerMediaUrl", "headerMediaId", ' +
        '"headerMediaType", "buttonParams"',
    },
  ]],
];

describe("POST /api/v1/messages with a broken template", () => {
  let harness: Harness;
  let account: SeededAccount;
  beforeAll(async () => {
    harness = await startHarness();
    account = await harness.makeAccount();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  for (const [name, params, issues] of REFUSED) {
    it(`400 refuses ${name}`, async () => {
      const answer = await send(harness, account, {
        body: { to: TO, type: "template", template: { name: "order_update", params } },
      });
      assertIssues(answer, issues);
    });
  }

  it("400 refuses a template that is none, has no name or no usable language", async () => {
    const cases: [unknown, Issue[]][] = [
      ["order_update", [{ path: "template", message: "Must be an object, not a string" }]],
      [["order_update"], [{ path: "template", message: "Must be an object, not an array" }]],
      [{}, [{ path: "template.name", message: "Required" }]],
      [{ name: "" }, [{ path: "template.name", message: "Must not be empty" }]],
      [{ name: 5 }, [{ path: "template.name", message: "Must be a string, not a number" }]],
      [{ name: "a".repeat(513) }, [{
        path: "template.name",
        message: "Must have at most 512 characters",
      }]],
      [{ name: "a", language: "e" }, [{
        path: "template.language",
        message: "Must have at least 2 characters",
      }]],
      [{ name: "a", language: { code: "en" } }, [{
        path: "template.language",
        message: "Must be a string, not an object",
      }]],
      [{ name: "a", parameters: [], nme: "b" }, [
        {
          path: "template.parameters",
          message: 'Unknown field: the known ones are "name", "language", "params"',
        },
        { path: "template.nme", message: 'Unknown field: did you mean "name"?' },
      ]],
    ];
    for (const [template, issues] of cases) {
      assertIssues(
        await send(harness, account, { body: { to: TO, type: "template", template } }),
        issues,
      );
    }
  });

  it("400 refuses a value named __proto__ instead of dropping it", async () => {
    const cases = ["body", "buttonParams"];
    for (const part of cases) {
      const answer = await send(harness, account, {
        body:
          `{"to":"${TO}","type":"template","template":{"name":"a","params":{"${part}":{"__proto__":"x"}}}}`,
      });
      assertIssues(answer, [{
        path: `template.params.${part}.__proto__`,
        message: "Must have another name: this one is reserved",
      }]);
    }
  });

  it("400 leaves nothing behind", async () => {
    const template = { name: "order_update", params: [null] };
    await send(harness, account, { body: { to: TO, type: "template", template } });
    await assertNothingLeft(harness, account);
  });
});
