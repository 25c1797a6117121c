/** Forms: labels lead to their inputs, hints and errors are read out with them, refused forms say where. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { Checkbox } from "@/components/Checkbox.tsx";
import { Field } from "@/components/Field.tsx";
import { FieldSet } from "@/components/FieldSet.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { RadioCard } from "@/components/RadioCard.tsx";
import { Select } from "@/components/Select.tsx";
import { TextArea } from "@/components/TextArea.tsx";
import { TextInput } from "@/components/TextInput.tsx";

const CONTROLS: Record<string, VNode> = {
  input: <TextInput name="name" value="n8n" />,
  textarea: <TextArea name="name" value="n8n" />,
  select: <Select name="name" value="n8n" options={[{ value: "n8n", label: "n8n" }]} />,
};

for (const [tag, control] of Object.entries(CONTROLS)) {
  Deno.test(`A field ties label, hint and error to its ${tag}`, () => {
    const html = renderToString(
      <Field label="Name" name="name" hint="Where it is used" error="Give it a name">
        {control}
      </Field>,
    );
    const attributes = attributesOf(html, tag);
    assertEquals(attributes.id, "field-name");
    assertStringIncludes(html, '<label for="field-name"');
    assertEquals(attributes["aria-describedby"], "field-name-hint field-name-error");
    assertEquals(attributes["aria-invalid"], "true");
    assertEquals(textOf(html, "field-name-hint"), "Where it is used");
    assertEquals(textOf(html, "field-name-error"), "Give it a name");
  });
}

Deno.test("A field without hint and error describes nothing", () => {
  const html = renderToString(
    <Field label="Name" name="name" error="">
      <TextInput name="name" />
    </Field>,
  );
  const attributes = attributesOf(html, "input");
  assertEquals([attributes["aria-describedby"], attributes["aria-invalid"]], [
    undefined,
    undefined,
  ]);
  assertEquals(html.includes("-error"), false);
});

Deno.test("A field without a control has a text input of its name", () => {
  const attributes = attributesOf(renderToString(<Field label="Name" name="name" />), "input");
  assertEquals([attributes.name, attributes.id, attributes.type], ["name", "field-name", "text"]);
});

Deno.test("Two fields of one name on a page keep apart by id", () => {
  const html = renderToString(
    <Field label="Name" name="name" id="second" error="Wrong">
      <TextInput name="name" />
    </Field>,
  );
  const attributes = attributesOf(html, "input");
  assertEquals([attributes.id, attributes["aria-describedby"]], ["second", "second-error"]);
});

Deno.test("A password field keeps its attributes and shows no value it was not given", () => {
  const html = renderToString(
    <TextInput name="password" type="password" autocomplete="new-password" minLength={12} />,
  );
  const attributes = attributesOf(html, "input");
  assertEquals([attributes.type, attributes.autocomplete], ["password", "new-password"]);
  assertEquals(attributes.minlength, "12");
  assertEquals("value" in attributes, false);
});

Deno.test("A group of choices has a legend, and ids of its own for each choice", () => {
  const html = renderToString(
    <FieldSet name="preset" legend="Permissions" error="Choose one">
      <RadioCard name="preset" value="send" title="Send only" description="Nothing else" checked />
      <Checkbox name="scope" value="messages:read" label="Read" hint="Lists and details" />
    </FieldSet>,
  );
  assertEquals(attributesOf(html, "fieldset")["aria-describedby"], "field-preset-error");
  assertMatch(html, /<legend[^>]*>Permissions<\/legend>/);
  assertStringIncludes(html, 'for="radio-preset-send"');
  assertStringIncludes(html, 'id="radio-preset-send"');
  assertEquals(textOf(html, "radio-preset-send-text"), "Nothing else");
  assertStringIncludes(html, 'for="check-scope-messages:read"');
  assertEquals(textOf(html, "check-scope-messages:read-hint"), "Lists and details");
});

Deno.test("A refused form lists its problems with a link to each field", () => {
  const html = renderToString(<FormErrors errors={{ "": "Try again", name: "Give it a name" }} />);
  assertStringIncludes(html, 'role="alert"');
  assertStringIncludes(html, "2 things need your attention");
  assertMatch(html, /<a href="#field-name"[^>]*>Give it a name<\/a>/);
  assertEquals(html.match(/<a /g)?.length, 1);
});

Deno.test("A form without problems has no list of them", () => {
  assertEquals(renderToString(<FormErrors errors={{}} />), "");
});

Deno.test("The text of a problem is never markup", () => {
  const html = renderToString(<FormErrors errors={{ name: "<img src=x onerror=alert(1)>" }} />);
  assertEquals(html.includes("<img"), false);
});

Deno.test("The hidden field has the mode of the page in both modes", () => {
  for (const mode of ["live", "test"] as const) {
    const attributes = attributesOf(renderToString(<ModeField mode={mode} />), "input");
    assertEquals([attributes.type, attributes.name, attributes.value], ["hidden", "mode", mode]);
  }
});

/** The attributes of the first element of a kind. */
function attributesOf(html: string, tag: string): Record<string, string> {
  const [, text = ""] = new RegExp(`<${tag}\\b([^>]*)>`).exec(html) ?? [];
  return Object.fromEntries(
    [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}

/** The text of the element with an id. */
function textOf(html: string, id: string): string {
  const [, , content = ""] = new RegExp(`<(p|span) id="${id}"[^>]*>(.*?)</\\1>`).exec(html) ?? [];
  return content.replace(/<[^>]*>/g, "");
}
