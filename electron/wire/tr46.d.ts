/**
 * tr46.d.ts: the types that the package tr46 does not bring.
 *
 * In:   nothing
 * Out:  the part of its interface that idna.ts uses
 * Not:  code
 */
declare module 'tr46' {
  type Options = {
    readonly checkBidi?: boolean;
    readonly checkHyphens?: boolean;
    readonly checkJoiners?: boolean;
    readonly useSTD3ASCIIRules?: boolean;
    readonly verifyDNSLength?: boolean;
  };
  const tr46: {
    /** null where the name is no valid one. */
    toASCII(domain: string, options?: Options): string | null;
    toUnicode(domain: string, options?: Options): { readonly domain: string; readonly error: boolean };
  };
  export default tr46;
}
