/**
 * pins.test.ts: the page of what a person decided to remember.
 *
 * In:   pins of a bridge that plays
 * Out:  assertions
 * Not:  the store (test/store), how pins come to be (window.test.ts)
 */
// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { arrange } from '../../renderer/pins.svelte.ts';
import type { Pin } from '../../shared/pin.ts';
import { HOSTILE, SHA } from './fixtures.ts';
import { openPage } from './page.ts';
import { playBridge } from './play.ts';

const pin = (over: Partial<Pin> = {}): Pin => ({
  id: 'p1',
  domain: 'shire.example',
  service: 'xmpp-client',
  by: 'certificate',
  sha256: SHA,
  created: '2026-11-01T00:00:00.000Z',
  ends: null,
  revoked: null,
  note: '',
  forgives: ['expired'],
  names: [`dns:${HOSTILE}`],
  manualToo: false,
  pem: null,
  ...over,
});

async function show(
  pins: readonly Pin[],
  parts: Parameters<typeof playBridge>[1] = {},
): Promise<ReturnType<typeof playBridge>> {
  const bridge = playBridge(() => [], {
    listPins: () => Promise.resolve({ ok: true, value: { pins, watches: [], history: [] } }),
    ...parts,
  });
  openPage(bridge, null);
  await fireEvent.click(screen.getByRole('button', { name: 'Pins' }));
  return bridge;
}

describe('the list of pins', () => {
  it('finds a domain, a note or a fingerprint with colons among 10,000, and draws only some', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      pin({
        id: `p${i}`,
        domain: `d${i}.example`,
        sha256: i.toString(16).padStart(64, '0'),
        note: i === 77 ? 'From Gandalf' : '',
      }),
    );
    expect(arrange(many, 'gandalf', 'domain').map((p) => p.id)).toEqual(['p77']);
    expect(arrange(many, '27:0F', 'domain').map((p) => p.id)).toContain('p9999');
    expect(arrange(many, '', 'domain')).toHaveLength(10_000);
    await show(many);
    await waitFor(() => expect(screen.getByText('10000 pins')).toBeTruthy());
    expect(document.querySelectorAll('.pin').length).toBeLessThan(100);
  });

  it('checks a pin of the demo realm in the demo realm, never in the real world', async () => {
    const bridge = await show([pin({ id: 'demo:p1' })]);
    await fireEvent.click(await screen.findByRole('button', { name: /^Details/ }));
    expect(document.body.textContent).not.toMatch(/[\u202e\u2066]/);
    await fireEvent.click(screen.getByRole('button', { name: 'Check now' }));
    const form = bridge.calls.find(([name]) => name === 'startCheck')?.[1][0];
    expect(form).toEqual({ input: 'shire.example', service: 'client', demo: true });
  });

  it('revokes with undo', async () => {
    const bridge = await show([pin()], {
      removePin: () => Promise.resolve({ ok: true, value: pin({ revoked: '2026-11-23T00:00:00.000Z' }) }),
      restorePin: () => Promise.resolve({ ok: true, value: pin() }),
    });
    await fireEvent.click(await screen.findByRole('button', { name: 'Revoke the pin of shire.example' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() =>
      expect(bridge.calls.filter(([n]) => n === 'restorePin')).toEqual([['restorePin', ['p1']]]),
    );
  });

  it('says what came in with a file: pins and watches, and what did not', async () => {
    await show([], {
      importPins: () => Promise.resolve({ ok: true, value: { added: 1, watches: 2, skipped: ['Line 3.'] } }),
    });
    const field = await screen.findByLabelText<HTMLInputElement>('Import a file');
    Object.defineProperty(field, 'files', { value: [new File(['x'], 'pins.json')] });
    await fireEvent.change(field);
    await screen.findByText('1 pin and 2 watches added, 1 entry left out.');
    screen.getByText('Line 3.');
  });

  it('says why nothing can be read, and does not call it empty', async () => {
    await show([], {
      listPins: () => Promise.resolve({ ok: false, problem: { code: 'x', text: 'The file is damaged.' } }),
    });
    await waitFor(() => expect(screen.getByText('The file is damaged.')).toBeTruthy());
    expect(screen.queryByText(/No pins yet/)).toBeNull();
  });
});
