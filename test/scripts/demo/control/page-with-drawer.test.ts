import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageWithDrawer, policyWithOrigin } from '../../../../scripts/demo/control/page-with-drawer.ts';

const ORIGIN = 'http://127.0.0.1:4711';
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:";

test('one origin is added to scripts and connections, and to nothing else', () => {
  assert.is(
    policyWithOrigin(POLICY, ORIGIN),
    `default-src 'none'; script-src 'self' ${ORIGIN}; style-src 'self'; connect-src 'self' ${ORIGIN}; img-src data:`,
  );
});

test('a policy without one of the two is no policy to make an exception of', () => {
  assert.throws(() => policyWithOrigin("default-src 'none'; script-src 'self'", ORIGIN), /no connect-src/);
  assert.throws(() => policyWithOrigin('', ORIGIN), /no script-src and no connect-src/);
});

test('the script comes before those of the page', () => {
  const page = '<html><head><script src="a.js"></script></head></html>';
  const scripts = [...pageWithDrawer(page, `${ORIGIN}/drawer.js`).matchAll(/src="([^"]+)"/g)];
  assert.equal(
    scripts.map(([, src]) => src),
    [`${ORIGIN}/drawer.js`, 'a.js'],
  );
  assert.throws(() => pageWithDrawer('<html></html>', ORIGIN), /no <head>/);
});

test.run();
