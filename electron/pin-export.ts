/**
 * pin-export.ts: pins as files for other programs and for people.
 *
 * In:   pins and watches
 * Out:  text: our own JSON, `sha256/BASE64` lines, TLSA records, POSH documents
 * Not:  reading them (pin-import.ts)
 */
import { createHash } from 'node:crypto';
import type { Instant } from '../shared/basics.ts';
import { EXPORT_COMMENTS } from '../shared/phrases/pin-exchange.ts';
import type { Pin, Watch } from '../shared/pin.ts';
import { EXPORT_SCHEMA, EXPORT_VERSION } from './pin-import.ts';

export const EXPORT_FORMATS = ['json', 'spki', 'tlsa', 'posh'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Writes live pins in a format. JSON holds ended and revoked ones and the watches as well. */
export function exportPins(
  format: ExportFormat,
  pins: readonly Pin[],
  watches: readonly Watch[],
  now: Instant,
): string {
  const live = pins.filter((pin) => isLive(pin, now));
  switch (format) {
    case 'json':
      return `${JSON.stringify({ schema: EXPORT_SCHEMA, version: EXPORT_VERSION, pins, watches }, null, 1)}\n`;
    case 'spki':
      return text('#', EXPORT_COMMENTS.spki, live.map(spkiLine));
    case 'tlsa':
      return text(';', EXPORT_COMMENTS.tlsa, live.map(tlsaLine));
    case 'posh':
      return text('#', EXPORT_COMMENTS.posh, poshDocuments(live));
  }
}

/** Whether a pin is neither revoked nor ended. */
export function isLive(pin: Pin, now: Instant): boolean {
  return pin.revoked === null && (pin.ends === null || Date.parse(pin.ends) > now);
}

function spkiLine(pin: Pin): string {
  const key = pin.by === 'key' ? pin.sha256 : (pin.keySha256 ?? null);
  return key === null
    ? `# ${EXPORT_COMMENTS.noKey(pin.domain)}`
    : `${pin.domain} ${pin.service} sha256/${Buffer.from(key, 'hex').toString('base64')}`;
}

/** Usage 3, selector 0 for a certificate and 1 for a key, SHA-256 (RFC 6698 2.1). */
function tlsaLine(pin: Pin): string {
  const port = pin.service === 'xmpp-client' ? 5222 : 5269;
  return `_${port}._tcp.${pin.domain}. IN TLSA 3 ${pin.by === 'key' ? 1 : 0} 1 ${pin.sha256}`;
}

/** RFC 7711 3.1: base64 of the hash of the whole certificate. */
function poshDocuments(pins: readonly Pin[]): readonly string[] {
  const places = new Map<string, Pin[]>();
  for (const pin of pins) {
    const url = `https://${pin.domain}/.well-known/posh/${pin.service}.json`;
    places.set(url, [...(places.get(url) ?? []), pin]);
  }
  return [...places].flatMap(([url, there]) => {
    const hashes = there.map(certificateHash);
    const known = [...new Set(hashes.filter((hash) => hash !== null))];
    const missing = hashes.includes(null) ? [`# ${EXPORT_COMMENTS.noHash(there[0]?.domain ?? '')}`] : [];
    if (known.length === 0) return missing;
    const document = { fingerprints: known.map((hash) => ({ 'sha-256': hash })), expires: POSH_SECONDS };
    return [`# ${url}`, ...missing, JSON.stringify(document, null, 2)];
  });
}

function certificateHash(pin: Pin): string | null {
  if (pin.by === 'certificate') return Buffer.from(pin.sha256, 'hex').toString('base64');
  if (pin.pem === null) return null;
  const der = Buffer.from(pin.pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return createHash('sha256').update(der).digest('base64');
}

function text(mark: string, comments: readonly string[], lines: readonly string[]): string {
  return `${[...comments.map((line) => `${mark} ${line}`), ...lines].join('\n')}\n`;
}

/** A day: long enough for caches, short enough to change a certificate (the RFC's own examples use a week or more). */
const POSH_SECONDS = 86_400;
