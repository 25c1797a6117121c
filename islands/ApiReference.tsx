/**
 * The API reference: loads the script that draws it (Scalar), tells it what to draw, and keeps it to this server. The
 * script is large and no other page loads it; until it is there, and where it does not come, the page says where else to
 * read.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import { ReferenceFallback } from "@/components/ReferenceFallback.tsx";

/** The part of Scalar's script that is used here. */
interface Scalar {
  createApiReference(place: Element, settings: Record<string, unknown>): unknown;
}

/** What it would otherwise fetch from, or offer to send to, its makers' servers, and what the page has already. */
const SETTINGS = {
  agent: { disabled: true },
  mcp: { disabled: true },
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  // An API key stays in the memory of the page.
  persistAuth: false,
  // The colours are those of static/api_reference.css, light and dark as the system is.
  theme: "none",
  hideDarkModeToggle: true,
  documentDownloadType: "direct",
  defaultOpenAllTags: true,
  // As the document has them: what matters most comes first.
  orderSchemaPropertiesBy: "preserve",
  modelsSectionLabel: "Schemas",
};

/** The reference of the OpenAPI document at `documentUrl`, drawn by the script at `scriptUrl`. */
export default function ApiReference({ scriptUrl, documentUrl }: {
  scriptUrl: string;
  documentUrl: string;
}): VNode {
  const place = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"waiting" | "drawn" | "failed">("waiting");
  useEffect(() => {
    const script = document.createElement("script");
    script.src = scriptUrl;
    script.addEventListener("load", () => {
      const { Scalar } = globalThis as unknown as { Scalar: Scalar };
      if (place.current === null) return;
      Scalar.createApiReference(place.current, {
        ...SETTINGS,
        url: documentUrl,
        // Requests go where the page came from, whatever public address the document names.
        servers: [{ url: location.origin }],
        setPageTitle: () => document.title,
      });
      setState("drawn");
    });
    script.addEventListener("error", () => setState("failed"));
    document.head.append(script);
  }, [scriptUrl, documentUrl]);
  return (
    <>
      {state !== "drawn" && (
        <ReferenceFallback documentUrl={documentUrl} hasFailed={state === "failed"} />
      )}
      <div ref={place} />
    </>
  );
}
