/** `/setup`: where to find the set-up link, while nobody can sign in. */
import { page } from "fresh";
import { AuthCard } from "@/components/AuthCard.tsx";
import { hasUsers } from "@/db/users.ts";
import { defineAccess } from "@/lib/admin/admin_state.ts";

export const handler = defineAccess.handlers({
  GET: async (ctx) => {
    if (await hasUsers(ctx.state.services.db.sql)) return ctx.redirect("/login", 303);
    return page({});
  },
});

export default defineAccess.page(function FindSetupLink() {
  return (
    <AuthCard
      title="Almost there"
      description="The server runs, but nobody can sign in yet. The first admin is created with a link that only the person who started the server has."
    >
      <ol class="list-decimal space-y-3 pl-5 text-sm">
        <li>
          Look where the server was started: the terminal, or its log (<code>docker logs</code>,
          {" "}
          <code>journalctl</code>). The last lines of its start hold an address with{" "}
          <code>/setup/</code>.
        </li>
        <li>Open that address in your browser. It works once, for 24 hours.</li>
      </ol>
      <p class="border-t border-line pt-4 text-sm text-muted">
        No link in sight, or is it older? Start the server again: each start makes a new one.
      </p>
    </AuthCard>
  );
});
