/** `client.contacts`: the people that messages go to and come from. */
import type { CallOptions } from "./call_options.ts";
import type { Contact, ContactChanges, ContactQuery, Erasure, NewContact } from "./contact.ts";
import { type List, makeList } from "./list.ts";
import { pathId } from "./path_id.ts";
import type { ApiResult, CreatedContact } from "./results.ts";
import { toResult, type Transport } from "./transport.ts";

/** The calls. */
export class ContactsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Finds a contact, which is returned unchanged, or creates it. May be repeated: one person is one contact. */
  async create(contact: NewContact, options: CallOptions = {}): Promise<CreatedContact> {
    const answer = await this.#transport.call<Contact>({
      method: "POST",
      path: "/contacts",
      body: contact,
      signal: options.signal,
    });
    return { ...toResult(answer), created: answer.status === 201 };
  }

  /** One contact. */
  async get(id: string, options: CallOptions = {}): Promise<ApiResult<Contact>> {
    return toResult(
      await this.#transport.call({
        method: "GET",
        path: `/contacts/${pathId(id)}`,
        signal: options.signal,
      }),
    );
  }

  /** All contacts, or the one with a number; the newest first. */
  list(query: ContactQuery = {}, options: CallOptions = {}): List<Contact> {
    return makeList(this.#transport, {
      path: "/contacts",
      query: { ...query },
      signal: options.signal,
    });
  }

  /** Changes name, e-mail address or company; null clears one. */
  async update(
    id: string,
    changes: ContactChanges,
    options: CallOptions = {},
  ): Promise<ApiResult<Contact>> {
    return toResult(
      await this.#transport.call({
        method: "PATCH",
        path: `/contacts/${pathId(id)}`,
        body: changes,
        signal: options.signal,
      }),
    );
  }

  /** Erases a person: who they are, and the contents of all messages to and from them. May be repeated. */
  async erase(id: string, options: CallOptions = {}): Promise<ApiResult<Erasure>> {
    return toResult(
      await this.#transport.call({
        method: "DELETE",
        path: `/contacts/${pathId(id)}`,
        signal: options.signal,
      }),
    );
  }
}
