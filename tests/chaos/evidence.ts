/**
 * What a chaos run leaves behind, from three sides that know nothing of each other: what the clients were told, what
 * Meta received, and what is in the database. The oracle compares them.
 */

/** A message that a client wants to be sent once, whatever it takes. */
export interface PlannedSend {
  key: string;
  /** Counts people; each is written in two spellings. */
  person: number;
  to: string;
  text: string;
}

/** The ids of a 201. */
export interface ToldIds {
  message_id: string;
  whatsapp_message_id: string;
  conversation_id: string;
  contact_id: string;
  contact_created: boolean;
}

/** One request of a client and what came of it. */
export interface ClientAnswer {
  key: string;
  /** Milliseconds since the start of the run. */
  startedAt: number;
  endedAt: number;
  /** Null: the connection broke, or the client hung up, before there was an answer. */
  status: number | null;
  /** The error's code. */
  code: string | null;
  ids: ToldIds | null;
  replayed: boolean;
  retryable: boolean | null;
  /** Of an error that names a message. */
  messageId: string | null;
  /** The whole text of an answer that no client expects. */
  text: string | null;
}

/** One request to send that Meta has read. */
export interface MetaCall {
  callbackData: string;
  to: string;
  text: string;
  /** Meta goes on to deliver it. */
  taken: boolean;
  /** The caller was told for certain that it was not taken. */
  refused: boolean;
  wamid: string | null;
  /** What went wrong with it, or null. */
  fault: string | null;
}

/** A message in the database. */
export interface StoredMessage {
  id: string;
  status: string;
  wamid: string | null;
  idempotency_key: string | null;
  recipient: string;
  body: string | null;
  contact_id: string;
  conversation_id: string;
}

/** All of it, once nothing changes any more. */
export interface Evidence {
  sends: PlannedSend[];
  /** In the order in which they ended. */
  answers: ClientAnswer[];
  calls: MetaCall[];
  messages: StoredMessage[];
  contacts: { id: string; phone: string | null }[];
  conversations: { id: string; contact_id: string }[];
  reservations: { key: string; message_id: string }[];
  /** Server processes that ended although nobody ended them, each in a line. */
  unexpectedExits: string[];
}
