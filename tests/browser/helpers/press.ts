/** Pressing what leads to another page, and waiting until that page is there: a form posted twice may look the same. */
import type { Locator, Page } from "playwright-core";

/** Presses the button of this name, waits until the page that answers has loaded, and returns that answer's status. */
export async function press(
  page: Page,
  name: string | RegExp,
  options: { within?: Locator } = {},
): Promise<number> {
  const button = (options.within ?? page).getByRole("button", { name });
  const [, response] = await Promise.all([
    page.waitForEvent("load"),
    page.waitForResponse((each) => {
      const request = each.request();
      // What comes before it are redirects.
      return request.isNavigationRequest() && !(each.status() >= 300 && each.status() < 400);
    }),
    button.click(),
  ]);
  return response.status();
}
