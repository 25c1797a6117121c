/** What the playground shows of an answer of the API. Plain data: the server makes it, the page and its islands show it. */

/** An answer, taken apart. */
export interface PlaygroundAnswer {
  status: number;
  /** The reason phrase, such as "Created". */
  statusText: string;
  /** How long the send took on the server. */
  durationMs: number;
  headers: [name: string, value: string][];
  /** The body as indented JSON. */
  body: string;
  /** The stored message, also of a send that failed after it was stored. */
  messageId: string | null;
  conversationId: string | null;
  /** Null for an answer with data. */
  error: PlaygroundError | null;
  warnings: { code: string; message: string }[];
  /** The problems by the field of the form, see issue_fields.ts. */
  issues: Record<string, string>;
}

/** What an error says, and what to do. */
export interface PlaygroundError {
  code: string;
  message: string;
  /** What Meta's error means in plain words, if it was Meta's. */
  hint: string | null;
  /** What to do about errors of this code. */
  fix: string;
}

/** What the page sends back to its form's script: the answer, and the key of the next send. */
export interface PlaygroundReply {
  answer: PlaygroundAnswer;
  sendKey: string;
}

/** What a check of a draft finds. */
export interface PlaygroundCheck {
  issues: Record<string, string>;
  warnings: { code: string; message: string }[];
}
