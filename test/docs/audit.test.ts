// The audit's part of docs/security.md is held to the code.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AUDIT_EVENTS, Audit } from '../../relay/access/audit.ts';
import { createLogger } from '../../shared/log.ts';
import { NOWHERE } from '../helpers/open-access.ts';
import { codeSpans, firstCells, readDoc, rowsUnder } from './markdown.ts';

const page = readDoc('docs/security.md');

test('every event that is audited is documented in its words, and no other is', () => {
  assert.equal(rowsUnder(page, 'audit'), Object.entries(AUDIT_EVENTS));
});

test('every field of a line is documented, and no other is', () => {
  let line = '';
  const audit = new Audit(createLogger('relay', 'info', { write: (text) => (line = text) }));
  audit.note('revoke', {
    outcome: 'done',
    client: NOWHERE,
    agent: { subject: 'test:agent', tokenId: 'jti' },
    conversation: 'projects/p/conversations/c',
    refused: 'join',
    reason: 'access-denied',
    route: '/v2/*',
    status: 200,
    target: { sub: 'test:other', jti: 'jti-2' },
  });
  const everyLineHas = ['severity', 'time', 'service', 'message', 'audit'];
  const fields = Object.keys(JSON.parse(line)).filter((field) => !everyLineHas.includes(field));
  const documented = firstCells(page, 'audit field').flatMap((cell) =>
    cell.includes('`') ? codeSpans(cell) : [cell],
  );
  assert.equal(documented.sort(), fields.sort());
});

test.run();
