/**
 * contacted.ts: the texts around the list of whom a check talked to.
 *
 * In:   counts
 * Out:  contactPhrases
 * Not:  making the list (shared/contacted.ts)
 */
import type { ContactKind } from '../contacted.ts';

const kinds: Readonly<Record<ContactKind, string>> = {
  resolver: 'DNS resolver',
  server: 'XMPP server',
  web: 'Web server',
};

export const contactPhrases = {
  title: 'What was contacted',
  digest: (count: number) => (count === 1 ? '1 destination' : `${count} destinations`),
  intro:
    'Every machine that this check sent anything to, made from the observations. Nothing else was contacted. Bytes are what came back, as recorded, without the wrapping of TCP and TLS.',
  none: 'Nothing was contacted: every answer was still known from an earlier check.',
  kinds,
  columns: { kind: 'Kind', where: 'Destination', times: 'Times', when: 'When', bytes: 'Received' },
  at: (address: string) => `at ${address}`,
  times: (times: number, failed: number) => (failed === 0 ? `${times}×` : `${times}×, ${failed} failed`),
  when: (first: number, last: number) => `${Math.round(first)} to ${Math.round(last)} ms`,
  bytes: (bytes: number) =>
    // 1 KiB is 1,024 bytes; below 10 KiB every byte is shown.
    bytes < 10_240 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KiB`,
};
