/** `GET /docs`: the API reference, drawn in the browser from the OpenAPI document of this server. */
import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { SiteShell } from "@/components/SiteShell.tsx";
import ApiReference from "@/islands/ApiReference.tsx";
import { define } from "@/lib/state.ts";

export const handlers = define.handlers({
  GET(ctx) {
    ctx.state.hasInlineStyles = true;
    return page();
  },
});

export default define.page(function ReferencePage() {
  return (
    <SiteShell path="/docs" layout="full">
      <Head>
        <title>API reference · Messages API</title>
        <link rel="stylesheet" href={asset("/api_reference.css")} />
      </Head>
      <ApiReference scriptUrl={asset("/api_reference.js")} documentUrl="/api/v1/openapi.json" />
    </SiteShell>
  );
});
