/**
 * validate-once.ts: one SRV answer asked for and validated, then the end: our validator as a whole process.
 *
 * In:   arguments: resolver URL, file of anchors, name
 * Out:  the state in a word
 * Not:  a command of the product
 */
import { readFileSync } from 'node:fs';
import { askAndValidate } from './validating.ts';

const [resolver = '', anchorFile = '', name = ''] = process.argv.slice(2);
console.log(
  await askAndValidate({
    resolver,
    anchors: readFileSync(anchorFile, 'utf8'),
    name,
    dial: (address, port) => ({ address, port }),
  }),
);
