/**
 * xmpp-client.d.ts: the types that the package @xmpp/client does not bring.
 *
 * In:   nothing
 * Out:  the part of its interface that this room uses
 * Not:  code
 */
declare module '@xmpp/client' {
  export type Element = { toString(): string };
  /** Builds an element; strings among the children are text. Everything is escaped when it is written out. */
  export function xml(
    name: string,
    attributes: Readonly<Record<string, string>>,
    ...children: readonly (Element | string)[]
  ): Element;
}
