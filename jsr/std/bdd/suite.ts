/**
 * Owns the tree of suites and cases, and running it: one `Deno.test` for each
 * outermost suite or case, a step for everything inside. Hooks of outer suites
 * run first before a case and last after it; `afterEach` and `afterAll` run
 * even if what they follow has failed.
 */

/** The body of a case; `this` is passed down from suites to their cases. */
export type TestFn<T> = (this: T, t: Deno.TestContext) => void | Promise<void>;

/** What runs before or after cases and suites. */
export type Hook<T> = (this: T) => void | Promise<void>;

/** The moments at which hooks run. */
export type HookName = "beforeAll" | "afterAll" | "beforeEach" | "afterEach";

/** What both suites and cases may be given, besides a name. */
export type TestOptions = Omit<Deno.TestDefinition, "fn" | "name">;

/** A case of a suite. */
export interface Case<T> {
  name: string;
  options: TestOptions;
  fn: TestFn<T>;
}

/** A group of cases and further suites. */
export class Suite<T> {
  readonly hooks: Record<HookName, Hook<T>[]> = {
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
  };
  readonly members: (Suite<T> | Case<T>)[] = [];

  constructor(readonly name: string, readonly options: TestOptions) {}

  /** Whether anything inside is marked to be the only one to run. */
  hasFocusedMember(): boolean {
    return this.members.some(isFocused);
  }
}

let runningCount = 0;

/** Whether a test is running, so that nothing may be registered any more. */
export function isRunning(): boolean {
  return runningCount > 0;
}

/** Registers an outermost suite or case with the test runner. */
export function register<T>(member: Suite<T> | Case<T>): void {
  Deno.test({
    ...member.options,
    ...isFocused(member) ? { only: true } : {},
    name: member.name,
    fn: async (t) => {
      runningCount++;
      try {
        await runMember(member, t, { around: [], context: {} as T });
      } finally {
        runningCount--;
      }
    },
  });
}

function isFocused<T>(member: Suite<T> | Case<T>): boolean {
  return member.options.only === true ||
    member instanceof Suite && member.hasFocusedMember();
}

/** The suites around, from the outermost on, and what `this` begins as. */
interface Place<T> {
  around: Suite<T>[];
  context: T;
}

async function runMember<T>(
  member: Suite<T> | Case<T>,
  t: Deno.TestContext,
  place: Place<T>,
): Promise<void> {
  const context = { ...place.context };
  if (!(member instanceof Suite)) {
    return await runCase(member, t, { around: place.around, context });
  }
  for (const hook of member.hooks.beforeAll) await hook.call(context);
  try {
    const inner = { around: [...place.around, member], context };
    const hasFocus = member.hasFocusedMember();
    for (const it of member.members) {
      if (!hasFocus || isFocused(it)) await runStep(it, t, inner);
    }
  } finally {
    await runAll(member.hooks.afterAll, context);
  }
}

async function runStep<T>(
  member: Suite<T> | Case<T>,
  t: Deno.TestContext,
  place: Place<T>,
): Promise<void> {
  const { ignore, sanitizeExit, sanitizeOps, sanitizeResources, ...others } = member.options;
  if (others.permissions !== undefined || others.timeout !== undefined) {
    throw new Error(
      `Cannot use "permissions" or "timeout" in "${member.name}": give them to the outermost suite`,
    );
  }
  await t.step({
    name: member.name,
    fn: (step) => runMember(member, step, place),
    ...ignore === undefined ? {} : { ignore },
    ...sanitizeExit === undefined ? {} : { sanitizeExit },
    ...sanitizeOps === undefined ? {} : { sanitizeOps },
    ...sanitizeResources === undefined ? {} : { sanitizeResources },
  });
}

async function runCase<T>(
  member: Case<T>,
  t: Deno.TestContext,
  { around, context }: Place<T>,
): Promise<void> {
  const [outermost, ...inner] = around;
  if (outermost === undefined) return await member.fn.call(context, t);
  for (const hook of outermost.hooks.beforeEach) await hook.call(context);
  try {
    await runCase(member, t, { around: inner, context });
  } finally {
    await runAll(outermost.hooks.afterEach, context);
  }
}

/** Runs every hook even if one fails, so that all is cleaned up. */
async function runAll<T>(hooks: Hook<T>[], context: T): Promise<void> {
  const [hook, ...rest] = hooks;
  if (hook === undefined) return;
  try {
    await hook.call(context);
  } finally {
    await runAll(rest, context);
  }
}
