/**
 * The phone numbers that a simulator serves, and which access token opens what.
 * A token opens its own number, that number's account, and the token inspector.
 */
import type { SandboxApp, SandboxNumber, SandboxToken } from "@/lib/meta/sandbox.ts";

/** A number and the token that opens it; what is not given is in best order. */
export interface SimulatedNumber extends Partial<Omit<SandboxNumber, "id" | "wabaId">> {
  id: string;
  wabaId: string;
  accessToken: string;
  /** The two-step PIN; any is right if not given. */
  pin?: string;
  /** What the token inspector tells. */
  token?: Partial<SandboxToken>;
  /** The app's secret; without it the app cannot inspect tokens. */
  appSecret?: string;
  /** False: the app has to be subscribed to the account first. */
  subscribed?: boolean;
}

/** The numbers of one simulator, by id. */
export class SimulatedNumbers {
  readonly #numbers = new Map<string, SimulatedNumber>();

  constructor(numbers: readonly SimulatedNumber[]) {
    for (const number of numbers) this.add(number);
  }

  /** Adds a number or replaces the one with its id. */
  add(number: SimulatedNumber): void {
    this.#numbers.set(number.id, number);
  }

  /** Tells whether the number is served. */
  has(id: string): boolean {
    return this.#numbers.has(id);
  }

  /** Tells whether the token opens a number or account; null = any of them. */
  accepts(accessToken: string, nodeId: string | null): boolean {
    const nodes = [...this.#numbers.values()];
    // A node that nobody has is refused later, as Meta does: first the token.
    const isKnownNode = nodes.some(({ id, wabaId }) => id === nodeId || wabaId === nodeId);
    return nodes.some((number) =>
      number.accessToken === accessToken &&
      (!isKnownNode || number.id === nodeId || number.wabaId === nodeId)
    );
  }

  /** The numbers of an account; null for an account without any. */
  listOf(wabaId: string): SandboxNumber[] | null {
    const numbers = [...this.#numbers.values()]
      .filter((number) => number.wabaId === wabaId).map(describe);
    return numbers.length === 0 ? null : numbers;
  }

  /** The accounts that a token opens. */
  wabaIdsOf(accessToken: string): string[] {
    const ids = [...this.#numbers.values()]
      .filter((number) => number.accessToken === accessToken)
      .map(({ wabaId }) => wabaId);
    return [...new Set(ids)];
  }

  /** What the inspector tells of a token. */
  tokenOf(accessToken: string): Partial<SandboxToken> {
    return this.#first((number) => number.accessToken === accessToken)?.token ?? {};
  }

  /** Tells whether an app with this secret has a number here. */
  hasApp(app: { id: string; secret: string }): boolean {
    return this.#first((number) =>
      appOf(number).id === app.id && number.appSecret === app.secret
    ) !==
      undefined;
  }

  /** The apps that are subscribed to an account. */
  appsOf(wabaId: string): SandboxApp[] {
    return [...this.#numbers.values()]
      .filter((number) => number.wabaId === wabaId && number.subscribed !== false).map(appOf);
  }

  /** Subscribes the app of a token to an account. */
  subscribe(wabaId: string, accessToken: string): void {
    for (const number of this.#numbers.values()) {
      if (number.wabaId === wabaId && number.accessToken === accessToken) number.subscribed = true;
    }
  }

  /** Registers a number; the code of Meta's refusal if it cannot be. */
  register(id: string, pin: string): number | null {
    const number = this.#numbers.get(id);
    if (number === undefined) throw new Error(`Number "${id}" is not served`);
    if (number.accountMode === "SANDBOX") return 100;
    if ((number.codeVerificationStatus ?? "VERIFIED") !== "VERIFIED") return 133006;
    if (number.pin !== undefined && number.pin !== pin) return 133005;
    Object.assign(number, { platformType: "CLOUD_API", status: "CONNECTED" });
    return null;
  }

  /** What the Graph API tells about a number that is served. */
  describe(id: string): SandboxNumber {
    const number = this.#numbers.get(id);
    if (number === undefined) throw new Error(`Number "${id}" is not served`);
    return describe(number);
  }

  #first(isWanted: (number: SimulatedNumber) => boolean): SimulatedNumber | undefined {
    return [...this.#numbers.values()].find(isWanted);
  }
}

function describe(number: SimulatedNumber): SandboxNumber {
  return {
    ...number,
    displayPhoneNumber: number.displayPhoneNumber ?? "+1 555-010-0000",
    verifiedName: number.verifiedName ?? "Simulated Business",
  };
}

function appOf({ token }: SimulatedNumber): SandboxApp {
  return { id: token?.appId ?? "100000000000001", name: token?.appName ?? "Sandbox" };
}
