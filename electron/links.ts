/**
 * links.ts: which addresses may be opened in the person's browser.
 *
 * In:   text from the page
 * Out:  allowedLink
 * Not:  opening (main.ts, serve.ts)
 *
 * Certificates and servers carry addresses chosen by strangers: none of those is ever opened. Only texts that we refer to are.
 */

/** Where RFCs, XEPs and their errata are read. */
export const LINK_ORIGINS: readonly string[] = [
  'https://www.rfc-editor.org',
  'https://datatracker.ietf.org',
  'https://xmpp.org',
  'https://www.iana.org',
];

/** The address to open, written anew from its parsed form; undefined when it is not on the list. */
export function allowedLink(text: unknown): string | undefined {
  // 2048: longer than any address we print, shorter than what any system refuses.
  if (typeof text !== 'string' || text.length > 2048) return undefined;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return LINK_ORIGINS.includes(url.origin) ? url.href : undefined;
}
