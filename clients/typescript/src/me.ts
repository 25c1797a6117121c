/** What `client.me()` tells: whose key this is and what it may do. */

/** What a key may do. */
export type Scope =
  | "messages:send"
  | "messages:read"
  | "contacts:read"
  | "contacts:write"
  | "conversations:read"
  | "broadcasts:send"
  | "webhooks:manage";

/** An account and the key that asked. */
export interface Me {
  account: {
    id: string;
    name: string;
    /** In test mode nothing reaches WhatsApp. */
    mode: "live" | "test";
  };
  key: {
    id: string;
    name: string;
    /** The beginning of the key, to tell keys apart. */
    prefix: string;
    scopes: Scope[];
    /** Null: never. */
    expires_at: string | null;
    /** Requests a minute; 0: unlimited. */
    rate_limit: number;
  };
}
