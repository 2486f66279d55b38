/**
 * pin-record.ts: a pin as the program knows it, and as it stands in the file.
 *
 * In:   Pin or StoredPin
 * Out:  the other one; whether a search finds it
 * Not:  checking what a file holds (shape.ts)
 */
import type { Pin } from '../../shared/pin.ts';
import type { StoredPin } from './shape.ts';

/** The pin with its certificate as PEM. */
export function toPin(stored: StoredPin): Pin {
  const { leaf, ...rest } = stored;
  return { ...rest, pem: leaf === null ? null : pemOf(leaf) };
}

/** The pin with its certificate as one line of base64. */
export function fromPin(pin: Pin): StoredPin {
  const { id, domain, service, by, sha256, created, ends, revoked, note, forgives, names, manualToo } = pin;
  const keySha256 = by === 'key' ? sha256 : (pin.keySha256 ?? null);
  const leaf = pin.pem === null ? null : base64Of(pin.pem);
  return {
    ...{ id, domain, service, by, sha256, created, ends, revoked, note, forgives, names, manualToo },
    ...{ keySha256, leaf },
  };
}

/** Whether a pin belongs to a search; `wanted` is in lower case. */
export function matchesText(pin: StoredPin, wanted: string): boolean {
  return (
    pin.domain.includes(wanted) ||
    pin.sha256.includes(wanted) ||
    pin.id === wanted ||
    pin.service.includes(wanted) ||
    pin.note.toLowerCase().includes(wanted) ||
    pin.names.some((name) => name.toLowerCase().includes(wanted))
  );
}

function pemOf(base64: string): string {
  return `${BEGIN}\n${base64.match(/.{1,64}/g)?.join('\n') ?? ''}\n${END}\n`;
}

function base64Of(pem: string): string {
  return pem.replace(BEGIN, '').replace(END, '').replaceAll(/\s/g, '');
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
