/** `GET /api/v1/me`: whose key this is and what it may do. Any valid key may ask. */
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { getMeOperation } from "@/lib/keys/me_operation.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: getMeOperation,
    handle: ({ key }) =>
      Promise.resolve({
        data: {
          account: { id: key.account_id, name: key.account_name, mode: key.account_mode },
          key: {
            id: key.key_id,
            name: key.key_name,
            prefix: key.prefix,
            scopes: key.scopes,
            expires_at: key.expires_at,
            rate_limit: key.rate_limit,
          },
        },
      }),
  }),
}));
