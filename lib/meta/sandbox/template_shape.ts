/**
 * Checks the `template` object of a send: name, language and components. Their
 * single parameters are template_parameter_shape.ts's. Without stored templates
 * the sandbox cannot know how many variables there are, so any consistent set
 * passes. Source: Meta's template message reference.
 */
import {
  anyObject,
  childPath,
  object,
  oneOf,
  requireArray,
  requireObject,
  type Shape,
  text,
} from "@/lib/meta/sandbox/json_shape.ts";
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";
import {
  bodyParameter,
  headerParameter,
  refuseMixedNames,
} from "@/lib/meta/sandbox/template_parameter_shape.ts";

const language = object(
  {
    code: text({
      pattern: /^[a-z]{2,3}(_[A-Za-z]{2,4})?$/,
      expected: "a language code such as en_US",
    }),
  },
  { policy: oneOf("deterministic") },
);

/** The value of the `template` property. */
export function template(value: unknown, path: string): void {
  object(
    { name: templateName, language },
    { components, namespace: text() },
  )(value, path);
}

const templateName: Shape = (value, path) => {
  text({ max: 512 })(value, path);
  if (!/^[a-z0-9_]+$/.test(String(value))) {
    throw new SandboxRefusal(
      132001,
      `template name (${value}) does not exist in the translation`,
    );
  }
};

const components: Shape = (value, path) => {
  const list = requireArray(value, path);
  const seen = new Set<string>();
  list.forEach((item, position) => {
    const place = childPath(path, position);
    const component = requireObject(item, place);
    oneOf("header", "body", "button")(
      component.type,
      childPath(place, "type"),
    );
    const isButton = component.type === "button";
    (isButton ? buttonComponent : textComponent(list.length))(item, place);
    const key = isButton ? `button ${component.index}` : String(component.type);
    if (seen.has(key)) {
      throw new SandboxRefusal(132012, `Component ${key} is given twice.`);
    }
    seen.add(key);
  });
};

function textComponent(componentCount: number): Shape {
  return (value, path) => {
    object({ type: text(), parameters: requireArray })(value, path);
    const { type, parameters } = requireObject(value, path);
    const place = childPath(path, "parameters");
    const list = requireArray(parameters, place);
    requireCount(list, {
      place,
      max: type === "header" ? 1 : Number.POSITIVE_INFINITY,
    });
    list.forEach((item, position) => {
      const parameterPath = childPath(place, position);
      if (type === "header") headerParameter(item, parameterPath);
      else bodyParameter(componentCount)(item, parameterPath);
    });
    refuseMixedNames(list, place);
  };
}

const BUTTON_PARAMETERS: Readonly<Record<string, Shape>> = {
  url: object({ type: oneOf("text"), text: text({ max: 2000 }) }),
  quick_reply: object({ type: oneOf("payload"), payload: text({ max: 256 }) }),
  copy_code: object({
    type: oneOf("coupon_code"),
    coupon_code: text({ max: 15 }),
  }),
  flow: object({ type: oneOf("action") }, { action: anyObject }),
  catalog: object({ type: oneOf("action") }, { action: anyObject }),
  mpm: object({ type: oneOf("action"), action: anyObject }),
};

const buttonComponent: Shape = (value, path) => {
  object({
    type: text(),
    sub_type: oneOf(...Object.keys(BUTTON_PARAMETERS)),
    index: buttonIndex,
    parameters: requireArray,
  })(value, path);
  const { sub_type: subType, parameters } = requireObject(value, path);
  const place = childPath(path, "parameters");
  const list = requireArray(parameters, place);
  requireCount(list, { place, max: 1 });
  BUTTON_PARAMETERS[String(subType)]?.(list[0], childPath(place, 0));
};

const buttonIndex: Shape = (value, path) => {
  if (!/^[0-9]$/.test(String(value))) {
    throw new SandboxRefusal(131009, `Param ${path} must be from 0 to 9.`);
  }
};

function requireCount(
  list: unknown[],
  options: { place: string; max: number },
): void {
  if (list.length >= 1 && list.length <= options.max) return;
  throw new SandboxRefusal(
    132000,
    `${options.place}: number of parameters (${list.length}) does not match the expected number.`,
  );
}
