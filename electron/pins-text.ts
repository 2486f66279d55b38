/**
 * pins-text.ts: pins, watches and history as they read in a terminal.
 *
 * In:   pins, watches, history entries
 * Out:  lines; nothing from outside reaches the terminal unseen
 * Not:  choosing them (pins-command.ts)
 */
import type { Instant } from '../shared/basics.ts';
import type { HistoryEntry, Pin, Watch } from '../shared/pin.ts';
import { visible } from '../shared/visible.ts';

/** A table of pins and watches, one a line. */
export function pinTable(pins: readonly Pin[], watches: readonly Watch[], now: Instant): string {
  const head = ['ID', 'DOMAIN', 'SERVICE', 'BY', 'SHA-256', 'SINCE', 'STATE', 'NOTE'];
  const rows = pins.map((pin) => [
    pin.id,
    visible(pin.domain),
    shortService(pin.service),
    pin.by,
    `${pin.sha256.slice(0, 16)}…`,
    pin.created.slice(0, 10),
    stateOf(pin, now),
    visible(pin.note, 60),
  ]);
  const watched = watches.map((one) => [
    '-',
    visible(one.domain),
    shortService(one.service),
    'watch',
    `${one.keys.length} ${one.keys.length === 1 ? 'key' : 'keys'}`,
    one.since.slice(0, 10),
    'watched',
    '',
  ]);
  return table([head, ...rows, ...watched]);
}

/** One pin with everything that it remembers. */
export function describePin(pin: Pin, now: Instant): string {
  const lines = [
    `${pin.id}  ${visible(pin.domain)} (${pin.service}), ${stateOf(pin, now)}`,
    `  by ${pin.by}   ${grouped(pin.sha256)}`,
    ...(pin.by === 'certificate' && pin.keySha256 ? [`  key          ${grouped(pin.keySha256)}`] : []),
    `  accepted     ${pin.created}`,
    `  ends         ${pin.ends ?? 'never'}`,
    ...(pin.revoked === null ? [] : [`  revoked      ${pin.revoked}`]),
    `  forgives     ${pin.forgives.map((code) => visible(code, 64)).join(', ') || 'nothing'}`,
    `  names then   ${
      pin.names
        .slice(0, MOST_NAMES)
        .map((name) => visible(name, 100))
        .join(', ') || 'not known'
    }`,
    ...(pin.manualToo ? ['  counts where the host is typed by hand, too'] : []),
    ...(pin.note === '' ? [] : [`  note         ${visible(pin.note, 1_000)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The history, oldest first, one look a line. */
export function describeHistory(entries: readonly HistoryEntry[]): string {
  return table([
    ['WHEN', 'DOMAIN', 'SERVICE', 'OUTCOME', 'BY', 'DNSSEC', 'KEYS'],
    ...entries.map((one) => [
      one.at,
      visible(one.domain),
      shortService(one.service),
      visible(one.outcome, 32),
      visible(one.by ?? '-', 32),
      one.dnssec,
      one.keys.map((key) => `${key.slice(0, 16)}…`).join(' ') || '-',
    ]),
  ]);
}

/** A fingerprint in groups of four, for comparing by eye. */
export function grouped(sha256: string): string {
  return sha256.match(/.{1,4}/g)?.join(' ') ?? '';
}

function stateOf(pin: Pin, now: Instant): string {
  if (pin.revoked !== null) return 'revoked';
  return pin.ends !== null && Date.parse(pin.ends) <= now ? 'ended' : 'live';
}

function shortService(service: Pin['service']): string {
  return service === 'xmpp-client' ? 'client' : 'server';
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Enough to recognise a certificate by. */
const MOST_NAMES = 20;
