/**
 * page-files.ts: the built page as answers: the files there are, no others, each with its headers.
 *
 * In:   the folder dist/renderer
 * Out:  openPageFiles, CONTENT_POLICY
 * Not:  who asks (window.ts)
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

/** Answers a request for an address of the page. */
export type PageFiles = (method: string, url: string) => Promise<Response>;

/**
 * What the page may do: run and draw what came with it. In Electron it talks to the engine over the preload alone, so that
 * it needs no connection; no plug-in, frame, form or base address either.
 */
export const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Lists the folder once. A request is looked up in that list and never becomes a path, so that no `..` leads anywhere.
 * Throws when the folder cannot be read: without its page there is no window.
 */
export async function openPageFiles(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]),
  );

  return async (method, url) => {
    if (method !== 'GET' && method !== 'HEAD') return refusal(405);
    const path = URL.parse(url)?.pathname ?? '';
    const file = files.get(path === '/' ? '/index.html' : path);
    const type = file === undefined ? undefined : TYPES[extname(file)];
    if (file === undefined || type === undefined) return refusal(404);
    const body = method === 'HEAD' ? null : new Uint8Array(await readFile(file));
    return new Response(body, { headers: { ...HEADERS, 'Content-Type': type } });
  };
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: HEADERS });
}

const HEADERS = {
  'Content-Security-Policy': CONTENT_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
