-- Every message changes the row of its conversation. Where its page has room, the new version stays on the page and no
-- index is written (a "heap-only tuple" of Postgres); where it has none, each of the four indexes gets an entry, at a
-- place of its own. Pages that are written from now on keep some room. Those of before get it by and by, as versions are
-- cleaned up, or at once by "vacuum full conversations" or pg_repack.
alter table conversations set (fillfactor = 85);
