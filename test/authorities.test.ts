/**
 * authorities.test.ts: when the certificate stores of the machine are read.
 *
 * In:   a check in the demo realm that tells what it does
 * Out:  assertions
 * Not:  what a store answers (trust/path-search.test.ts)
 */
import { expect, it } from 'vitest';
import { runCheck, type World } from '../electron/check.ts';
import { startRealm } from '../electron/demo-world.ts';
import { parseRequest } from '../electron/options.ts';

it('the authorities are read while the first questions are on their way, and not before', async () => {
  const realm = await startRealm();
  const request = parseRequest({ input: 'gondor.example' });
  if (!request.ok) throw new Error(request.problem.text);
  const order: string[] = [];
  const world: World = {
    ...realm.world,
    openNet(wanted, elapsed) {
      const net = realm.world.openNet(wanted, elapsed);
      return {
        ...net,
        askDns: (inquiry, signal) => {
          order.push('asked');
          return net.askDns(inquiry, signal);
        },
      };
    },
    stores: (wanted) =>
      realm.world.stores(wanted).map((store) => ({
        ...store,
        prepare() {
          order.push('read');
          store.prepare();
        },
      })),
  };
  await runCheck(
    realm.prepare(request.value),
    world,
    ({ type }) => order.push(type),
    new AbortController().signal,
  );
  await realm.close();
  const read = order.indexOf('read');
  expect(order.indexOf('asked')).toBeLessThan(read);
  expect(read).toBeLessThan(order.indexOf('observed'));
});
