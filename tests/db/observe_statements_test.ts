/** Names of statements: what they do and to what, and never a value. */
import { assertEquals } from "@std/assert";
import { nameStatement } from "@/db/observe_statements.ts";

const NAMES: [text: string, name: string][] = [
  ["select id from messages where id =  ", "SELECT messages"],
  ["\n  SELECT *\n  FROM begin_sends( )", "SELECT begin_sends"],
  ["insert into meta_events (id) select id from unnest( )", "INSERT meta_events"],
  ["update messages set status =   where id in (select id from other)", "UPDATE messages"],
  ["delete from sessions where expires_at < now()", "DELETE sessions"],
  [
    "with due as (select id from meta_events for update skip locked) update meta_events set a = 1",
    "UPDATE meta_events",
  ],
  ["with a as (select 1) select a from b for update of b", "SELECT b"],
  ["select set_config('application_name', 'delete from secrets', true)", "SELECT"],
  ["select 'from +14155550123' as text", "SELECT"],
  ["-- update nothing\nselect name from accounts", "SELECT accounts"],
  ["select '14155550123'", "SELECT"],
  ["begin", "BEGIN"],
  ["", "statement"],
];

Deno.test("nameStatement() names the verb and its table or function, and no value", () => {
  for (const [text, name] of NAMES) assertEquals(nameStatement(text), name, text);
});
