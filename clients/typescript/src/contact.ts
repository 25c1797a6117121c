/** Contacts as the API shows and takes them. */

/** A person. At least one of `phone`, `wa_id` and `bsuid` is known. */
export interface Contact {
  id: string;
  /** Null for somebody who writes without a visible number. */
  phone: string | null;
  wa_id: string | null;
  bsuid: string | null;
  username: string | null;
  name: string | null;
  email: string | null;
  company: string | null;
  created_at: string;
  updated_at: string;
}

interface ContactDetails {
  name?: string | null | undefined;
  email?: string | null | undefined;
  company?: string | null | undefined;
}

/** A person to find or create, by phone number or by WhatsApp user id; the details are for one that is created. */
export type NewContact =
  & ContactDetails
  & (
    | { phone: string; bsuid?: null | undefined }
    | { bsuid: string; phone?: null | undefined }
  );

/** At least one field; null clears it, one that is left out stays as it is. */
export type ContactChanges =
  & ContactDetails
  & ({ name: string | null } | { email: string | null } | { company: string | null });

/** What was erased, and whether all of it already is. */
export interface Erasure {
  /** Another than was asked for if that contact was merged. */
  id: string;
  erased: true;
  erased_at: string;
  /** False while texts or log entries are still being removed; ask again to know. */
  complete: boolean;
}

/** Which contacts `contacts.list` finds. */
export interface ContactQuery {
  /** The one with this number, in any spelling. */
  phone?: string | undefined;
  /** How many entries a page has, 1 to 100; 50 if left out. */
  limit?: number | undefined;
  /** Begins after the page that named it. */
  cursor?: string | undefined;
}
