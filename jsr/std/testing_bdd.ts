/**
 * Stands in for `@std/testing/bdd` where only the npm registry can be reached:
 * `describe`, `it` and hooks in their nested form. Registering is synchronous
 * and done while a file is loaded; bdd/suite.ts runs what was registered.
 */
import {
  type Case,
  type Hook,
  type HookName,
  isRunning,
  register,
  Suite,
  type TestFn,
  type TestOptions,
} from "./bdd/suite.ts";

/** A case with its options in one object. */
export interface ItDefinition<T> extends TestOptions {
  name: string;
  fn: TestFn<T>;
}

/** A suite with its options, and hooks if wanted, in one object. */
export interface DescribeDefinition<T> extends TestOptions {
  name: string;
  fn?: () => void | undefined;
  beforeAll?: Hook<T> | Hook<T>[];
  afterAll?: Hook<T> | Hook<T>[];
  beforeEach?: Hook<T> | Hook<T>[];
  afterEach?: Hook<T> | Hook<T>[];
}

/** The forms in which a case may be given. */
export type ItArgs<T> = Args<ItDefinition<T>, TestFn<T>>;

/** The forms in which a suite may be given. */
export type DescribeArgs<T> =
  | Args<DescribeDefinition<T>, () => void | undefined>
  | [name: string];

type Args<Definition, Fn> =
  | [options: Definition]
  | [name: string, options: Omit<Definition, "name">]
  | [name: string, fn: Fn]
  | [fn: Fn]
  | [name: string, options: Omit<Definition, "fn" | "name">, fn: Fn]
  | [options: Omit<Definition, "fn">, fn: Fn];

/** Registers a case. */
export interface It {
  <T>(...args: ItArgs<T>): void;
  /** Registers a case that alone is run of its suite or file. */
  only<T>(...args: ItArgs<T>): void;
  /** Registers a case that is not run. */
  ignore<T>(...args: ItArgs<T>): void;
  /** The same as `ignore`. */
  skip<T>(...args: ItArgs<T>): void;
}

/** Registers a suite. */
export interface Describe {
  <T>(...args: DescribeArgs<T>): void;
  /** Registers a suite that alone is run of its suite or file. */
  only<T>(...args: DescribeArgs<T>): void;
  /** Registers a suite that is not run. */
  ignore<T>(...args: DescribeArgs<T>): void;
  /** The same as `ignore`. */
  skip<T>(...args: DescribeArgs<T>): void;
}

let current: Suite<unknown> | null = null;
let hasRegistered = false;

/** Registers a case, inside `describe` as a part of that suite. */
export const it: It = withVariants(addCase);

/** The same as `it`. */
export const test: It = it;

/** Registers a suite whose function registers its cases and hooks. */
export const describe: Describe = withVariants(addSuite);

/** Runs once before the cases of the suite. */
export function beforeAll<T>(fn: Hook<T>): void {
  addHook("beforeAll", fn);
}

/** The same as `beforeAll`. */
export function before<T>(fn: Hook<T>): void {
  addHook("beforeAll", fn);
}

/** Runs once after the cases of the suite. */
export function afterAll<T>(fn: Hook<T>): void {
  addHook("afterAll", fn);
}

/** The same as `afterAll`. */
export function after<T>(fn: Hook<T>): void {
  addHook("afterAll", fn);
}

/** Runs before each case of the suite, and of the suites in it. */
export function beforeEach<T>(fn: Hook<T>): void {
  addHook("beforeEach", fn);
}

/** Runs after each case of the suite, and of the suites in it. */
export function afterEach<T>(fn: Hook<T>): void {
  addHook("afterEach", fn);
}

type Callable = (...args: never[]) => unknown;

interface Given {
  name: string;
  fn: Callable | undefined;
  options: Partial<DescribeDefinition<unknown>>;
}

function withVariants(add: (given: Given) => void) {
  const variant = (extra: TestOptions) => (...args: readonly unknown[]): void =>
    add(readArguments(args, extra));
  const ignore = variant({ ignore: true });
  const only = variant({ only: true });
  return Object.assign(variant({}), { only, ignore, skip: ignore });
}

/** The forms differ only in which of name, options and function are there. */
function readArguments(args: readonly unknown[], extra: TestOptions): Given {
  const isText = (arg: unknown) => typeof arg === "string";
  const isFunction = (arg: unknown): arg is Callable => typeof arg === "function";
  const isOptions = (arg: unknown) => typeof arg === "object";
  const { name, fn = undefined, ...options } = Object.assign(
    {},
    args.find(isOptions),
    extra,
  ) as Partial<DescribeDefinition<unknown>>;
  const given = args.find(isFunction) ?? fn;
  return {
    name: String(args.find(isText) ?? name ?? given?.name ?? ""),
    fn: given,
    options,
  };
}

function addCase({ name, fn, options }: Given): void {
  if (fn === undefined) throw new TypeError(`Case "${name}" has no function`);
  addMember({ name, options, fn: fn as TestFn<unknown> });
}

function addSuite({ name, fn, options }: Given): void {
  const { beforeAll, afterAll, beforeEach, afterEach, ...rest } = options;
  const suite = new Suite<unknown>(name, rest);
  const hooks = { beforeAll, afterAll, beforeEach, afterEach };
  for (const key of Object.keys(suite.hooks) as HookName[]) {
    suite.hooks[key].push(...[hooks[key] ?? []].flat());
  }
  if (!rest.ignore) fill(suite, fn as (() => unknown) | undefined);
  addMember(suite);
}

function fill(suite: Suite<unknown>, fn: (() => unknown) | undefined): void {
  const outer = current;
  current = suite;
  try {
    if (fn?.() instanceof Promise) {
      throw new TypeError(
        `Cannot register "${suite.name}": describe takes no async function`,
      );
    }
  } finally {
    current = outer;
  }
}

function addMember(member: Suite<unknown> | Case<unknown>): void {
  if (isRunning()) {
    throw new Error(
      `Cannot register "${member.name}" while tests are running`,
    );
  }
  hasRegistered = true;
  if (current === null) register(member);
  else current.members.push(member);
}

function addHook<T>(name: HookName, hook: Hook<T>): void {
  if (current === null) {
    if (hasRegistered) {
      throw new Error(
        "Cannot add hooks to the whole file after its first test: move them up",
      );
    }
    // From here on everything in the file belongs to one suite.
    const whole = new Suite<unknown>("global", {});
    addMember(whole);
    current = whole;
  }
  current.hooks[name].push(hook as Hook<unknown>);
}
