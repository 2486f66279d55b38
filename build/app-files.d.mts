/** What belongs into a package (app-files.mjs). */
export function isShipped(path: string): boolean;
export function shippedManifest(manifest: Readonly<Record<string, unknown>>): Record<string, unknown>;
