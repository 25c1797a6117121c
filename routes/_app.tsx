/**
 * The document around every page: its head, and a body with the colours of the design. What stands in the body is up to
 * the layouts and to pages without one.
 */
import { asset } from "fresh/runtime";
import { define } from "@/lib/state.ts";

export default define.page(function Document({ Component }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>Messages API</title>
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={asset("/styles.css")} />
      </head>
      <body class="bg-bg font-sans text-ink antialiased">
        <Component />
      </body>
    </html>
  );
});
