/** Step one of the set-up: what is needed from Meta, and where it is found there. Nothing of it is asked here. */
import type { ComponentChildren, VNode } from "preact";
import { ExternalLinkIcon, FlaskIcon, PhoneIcon } from "@/components/icons.ts";

/** Two equal ways, and the secret that both need. */
export function WhatsappNeeds(): VNode {
  return (
    <div class="space-y-4 text-sm">
      <p>
        Everything comes from{" "}
        <Out href="https://developers.facebook.com/apps">Meta's developer console</Out>: create an
        app there for WhatsApp, or open the one that you have. Then take either way; you can change
        to the other at any time.
      </p>
      <div class="grid gap-3 lg:grid-cols-2">
        <Way icon={<FlaskIcon />} title="A test number of Meta's" note="Ready in minutes">
          <li>
            In the app, open <b>WhatsApp &gt; API Setup</b>. Meta lends you a number.
          </li>
          <li>
            Under <b>To</b>, add your own phone: a test number reaches up to five phones.
          </li>
          <li>
            Press{" "}
            <b>Generate access token</b>. It works for a day; for longer, make one as for a number
            of your own.
          </li>
        </Way>
        <Way icon={<PhoneIcon />} title="A number of your own" note="For your customers">
          <li>
            In <b>WhatsApp &gt; API Setup</b>, add the number and verify it by the code Meta sends.
          </li>
          <li>
            In{" "}
            <Out href="https://business.facebook.com/settings/system-users">
              Business settings &gt; System users
            </Out>
            , add a system user and give it your app and your WhatsApp account.
          </li>
          <li>
            Press <b>Generate token</b>, choose <b>never</b> as its end, and tick{" "}
            <code class="inline-block max-w-full break-all">whatsapp_business_messaging</code> and
            {" "}
            <code class="inline-block max-w-full break-all">whatsapp_business_management</code>.
          </li>
        </Way>
      </div>
      <p>
        Both need the <b>app secret</b>{" "}
        as well, which proves that events really come from Meta: in the app, open{" "}
        <b>App settings &gt; Basic</b> and press <b>Show</b>.
      </p>
    </div>
  );
}

function Way({ icon, title, note, children }: {
  icon: VNode;
  title: string;
  note: string;
  children: ComponentChildren;
}): VNode {
  return (
    <section class="rounded-lg border border-line bg-raised/40 p-4">
      <h3 class="flex flex-wrap items-center gap-x-2 font-medium">
        <span class="text-accent">{icon}</span>
        {title}
        <span class="text-xs font-normal text-muted">{note}</span>
      </h3>
      <ol class="mt-2 list-decimal space-y-1.5 pl-5 marker:text-muted">{children}</ol>
    </section>
  );
}

/** A link out of the admin UI, in a tab of its own. */
function Out({ href, children }: { href: string; children: ComponentChildren }): VNode {
  return (
    <a class="link" href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="ml-0.5 inline-block align-[-2px]">
        <ExternalLinkIcon size={12} />
      </span>
      <span class="sr-only">(opens in a new tab)</span>
    </a>
  );
}
