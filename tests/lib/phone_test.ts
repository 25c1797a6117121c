/** How recipients are read: a table of spellings, the words of each refusal, and properties that hold for any input. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { getCountries, getCountryCallingCode } from "libphonenumber-js/min";
import { maskRecipient, parseRecipient } from "@/lib/phone.ts";

const EXAMPLE = 'Use E.164: "+", country code and number, such as "+14155550123"';
const DIGITS_ONLY =
  `A phone number has digits only (spaces, dots, dashes and brackets are ignored). ${EXAMPLE}`;
const NEITHER = `This is neither a phone number nor a WhatsApp user id. ${EXAMPLE}`;
const IMPOSSIBLE = `This is not a possible phone number in any country. ${EXAMPLE}`;
const NATIONAL =
  "The number is in its national form (it starts with 0): leave that 0 out and put the country code in front, " +
  'such as "+44…"';
const ONE_PLUS = `The "+" belongs in front of the number, once. ${EXAMPLE}`;
const TOO_LONG = `A phone number has at most 15 digits. ${EXAMPLE}`;
const EMPTY = `The number is empty. ${EXAMPLE}`;

function trunk(number: string): string {
  return `The number has a digit that is only dialled inside the country: use "${number}"`;
}

Deno.test("parseRecipient reads a number with a plus as its own digits, whatever is between them", () => {
  const cases: [string, string][] = [
    ["+14155550123", "+14155550123"],
    ["+1 (415) 555-0123", "+14155550123"],
    ["+1.415.555.0123", "+14155550123"],
    ["\t+1\u00a0415\u2009555\u202f0123 ", "+14155550123"],
    ["+1\u2010415\u2011555\u2012012\u20133\u2014\u2015", "+14155550123"],
    ["+ 1 [415] 5550123", "+14155550123"],
    ["+5511987654321", "+5511987654321"],
    ["+55 11 8765-4321", "+551187654321"],
    ["+5215512345678", "+5215512345678"],
    ["+525512345678", "+525512345678"],
    ["+5491123456789", "+5491123456789"],
    ["+541123456789", "+541123456789"],
    ["+390612345678", "+390612345678"],
    ["+78005553535", "+78005553535"],
    ["+2250712345678", "+2250712345678"],
    ["+6581234567", "+6581234567"],
    ["+870773123456", "+870773123456"],
    ["+883510012345", "+883510012345"],
  ];
  for (const [input, phone] of cases) {
    assertEquals(parseRecipient(input), {
      ok: true,
      recipient: { kind: "phone", phone, assumedCountry: null },
    }, input);
  }
});

Deno.test("parseRecipient names the country of a number without a plus", () => {
  const cases: [string, string][] = [
    ["14155550123", "United States (+1)"],
    ["14165550123", "Canada (+1)"],
    ["18765550123", "Jamaica (+1)"],
    ["15551234567", "United States (+1)"],
    ["447400123456", "United Kingdom (+44)"],
    ["4915112345678", "Germany (+49)"],
    ["4712345678", "Norway (+47)"],
    ["77012345678", "Kazakhstan (+7)"],
    ["5511987654321", "Brazil (+55)"],
    ["551187654321", "Brazil (+55)"],
    ["5215512345678", "Mexico (+52)"],
    ["525512345678", "Mexico (+52)"],
    ["5491123456789", "Argentina (+54)"],
    ["883510012345", "+883"],
  ];
  for (const [input, assumedCountry] of cases) {
    assertEquals(parseRecipient(input), {
      ok: true,
      recipient: { kind: "phone", phone: `+${input}`, assumedCountry },
    }, input);
  }
});

Deno.test("parseRecipient tells what is wrong with each refused spelling", () => {
  const cases: [string, string][] = [
    ["", EMPTY],
    [" \t", EMPTY],
    ["+", NEITHER],
    ["()", NEITHER],
    ["abc", NEITHER],
    ["\u0661\u0664\u0661\u0665", NEITHER],
    ["+\uff11\uff14", NEITHER],
    ["US.", NEITHER],
    ["\uff0b14155550123", DIGITS_ONLY],
    ["+1415555012\u0663", DIGITS_ONLY],
    ["+14155550123 ext 5", DIGITS_ONLY],
    ["+14155550123x5", DIGITS_ONLY],
    ["+14155550123;ext=5", DIGITS_ONLY],
    ["+14155550123#5", DIGITS_ONLY],
    ["+14155550123\n", DIGITS_ONLY],
    ["+1415\u200b5550123", DIGITS_ONLY],
    ["tel:+14155550123", DIGITS_ONLY],
    ["1-800-FLOWERS", DIGITS_ONLY],
    ["us.1349", DIGITS_ONLY],
    [" US.1349", DIGITS_ONLY],
    ["++14155550123", ONE_PLUS],
    ["14155550123+", ONE_PLUS],
    ["+1+4155550123", ONE_PLUS],
    ["+0014155550123", `No country code starts with 0. ${EXAMPLE}`],
    ["001 415 555 0123", 'The number starts with "00": write "+" instead, such as "+1415…"'],
    ["0044 20 7946 0018", 'The number starts with "00": write "+" instead, such as "+4420…"'],
    ["020 7946 0018", NATIONAL],
    ["(0171) 1234567", NATIONAL],
    ["0", NATIONAL],
    ["+1", IMPOSSIBLE],
    ["+1415555012", IMPOSSIBLE],
    ["+141555501234", IMPOSSIBLE],
    ["415-555-0123", IMPOSSIBLE],
    ["911", IMPOSSIBLE],
    ["+99912345678", IMPOSSIBLE],
    ["+621234567891234567", TOO_LONG],
    ["4912345678912345", TOO_LONG],
    ["+52155123456789", IMPOSSIBLE],
    ["+44 (0)20 7946 0018", trunk("+442079460018")],
    ["+49 (0) 151 12345678", trunk("+4915112345678")],
    ["+1 1 415 555 0123", trunk("+14155550123")],
    ["+7 8 916 123 45 67", trunk("+79161234567")],
    ["+54 11 15 2345 6789", trunk("+5491123456789")],
  ];
  for (const [input, message] of cases) {
    assertEquals(parseRecipient(input), { ok: false, message }, input);
  }
});

Deno.test("parseRecipient reads a WhatsApp user id as it is written and nothing near it", () => {
  const accepted = ["US.13491208655302741918", "GB.ENT.aB3", "ZZ.1", `US.${"a".repeat(128)}`];
  for (const bsuid of accepted) {
    assertEquals(parseRecipient(bsuid), { ok: true, recipient: { kind: "bsuid", bsuid } });
  }
  const refused = [
    "U.1",
    "USA.1",
    "us.1",
    "US.1 ",
    "US.1.2",
    "US-1",
    "US.ä",
    `US.${"a".repeat(129)}`,
  ];
  for (const input of refused) assertEquals(parseRecipient(input).ok, false, input);
});

Deno.test("parseRecipient accepts no phone that E.164 or the contacts table would refuse", () => {
  const column = /^\+[1-9][0-9]{5,14}$/;
  const codes = new Set(getCountries().map((country) => getCountryCallingCode(country)));
  let accepted = 0;
  for (const code of [...codes, "800", "808", "870", "878", "881", "882", "883", "888", "979"]) {
    for (const first of "123456789") {
      for (let length = 1; length <= 18; length++) {
        const result = parseRecipient(
          `+${code}${first}${"23456789123456789".slice(0, length - 1)}`,
        );
        if (!result.ok || result.recipient.kind !== "phone") continue;
        accepted++;
        assertEquals(column.test(result.recipient.phone), true, result.recipient.phone);
      }
    }
  }
  assertEquals(accepted > 1_000, true);
});

const SEPARATORS = [
  " ",
  "\t",
  "\u00a0",
  "\u2009",
  "\u202f",
  ".",
  "-",
  "\u2010",
  "\u2015",
  "(",
  ")",
  "[",
  "]",
];

/** Digits that are often a number, with a country code that exists in front. */
const numbers = fc.tuple(
  fc.constantFrom("1", "7", "34", "39", "44", "49", "52", "521", "54", "549", "55", "91", "972"),
  fc.stringMatching(/^[0-9]{4,13}$/),
).map(([code, rest]) => `${code}${rest}`);

Deno.test("parseRecipient never throws, whatever it is given", () => {
  fc.assert(fc.property(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(..."+0123456789 ().-xUS", "\ud83d", "\0"), maxLength: 30 }),
      numbers,
    ),
    (input) => {
      const result = parseRecipient(input);
      if (!result.ok) assertEquals(result.message.length > 10, true);
    },
  ));
});

Deno.test("parseRecipient reads an accepted number again as the same, now without a country to assume", () => {
  fc.assert(fc.property(numbers, fc.boolean(), (digits, plus) => {
    const result = parseRecipient(plus ? `+${digits}` : digits);
    if (!result.ok || result.recipient.kind !== "phone") return;
    assertEquals(result.recipient.phone, `+${digits}`);
    assertEquals(result.recipient.assumedCountry === null, plus);
    assertEquals(parseRecipient(result.recipient.phone), {
      ok: true,
      recipient: { kind: "phone", phone: `+${digits}`, assumedCountry: null },
    });
  }));
});

Deno.test("parseRecipient gives the same answer with and without separators", () => {
  fc.assert(fc.property(
    numbers,
    fc.boolean(),
    fc.array(fc.tuple(fc.nat(20), fc.constantFrom(...SEPARATORS)), { maxLength: 8 }),
    (digits, plus, inserted) => {
      const compact = plus ? `+${digits}` : digits;
      let spelled = compact;
      for (const [place, separator] of inserted) {
        spelled = spelled.slice(0, place) + separator + spelled.slice(place);
      }
      assertEquals(parseRecipient(spelled), parseRecipient(compact));
    },
  ));
});

Deno.test("maskRecipient never shows more than the country and the last two digits", () => {
  const cases: [string, string][] = [
    ["+14155550123", "+14*******23"],
    ["+4915112345678", "+49*********78"],
    ["+493012", "+49**12"],
    ["US.13491208655302741918", "US.***"],
  ];
  for (const [recipient, masked] of cases) assertEquals(maskRecipient(recipient), masked);
});
