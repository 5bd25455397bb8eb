import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dialogflowOrigin, matchRoute } from '../../../relay/dialogflow/routes.ts';
import { PROJECT } from './proxy-fixture.ts';

const BASE = '/v2/projects/my-project/locations/global';

// Strings that hit the interesting places far more often than random text does.
const piece = fc.constantFrom(
  ...'/ // . .. %2e %2E %2f \\ %5c ? # @ : % %25 %00 * ; %c0%ae %e2%82%ac é \t \n'.split(' '),
  ...'v2 v2beta1 projects my-project 123456789 locations global us-central1 evil.example'.split(' '),
  ...'conversations c conversationProfiles answerRecords :complete'.split(' '),
);
const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  piece,
  fc.array(piece, { maxLength: 5 }).map((p) => p.join('')),
);
const anyTarget = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join('')),
  fc
    .tuple(
      fc.constantFrom('v2', 'v2beta1'),
      noise,
      fc.constantFrom('global', 'us', 'europe-west2'),
      noise,
      noise,
    )
    .map(
      ([version, a, location, b, c]) =>
        `/${version}${a}/projects/my-project/locations/${location}${b}/conversations/x${c}`,
    ),
  fc.tuple(noise, noise).map(([id, query]) => `${BASE}/conversations/c${id}?${query}`),
);
const anyMethod = fc.constantFrom('GET', 'HEAD', 'POST', 'PATCH');

test('a target is refused or goes to Dialogflow on a path that parsers keep', () => {
  let forwarded = 0;
  fc.assert(
    fc.property(anyMethod, anyTarget, (method, target) => {
      const result = matchRoute(method, target, PROJECT);
      if (result.kind !== 'forward') return;
      forwarded += 1;
      const origin = dialogflowOrigin(result.location);
      const url = new URL(result.query === '' ? result.path : `${result.path}?${result.query}`, origin);
      const host =
        result.location === 'global'
          ? 'dialogflow.googleapis.com'
          : `${result.location}-dialogflow.googleapis.com`;
      assert.match(result.location, /^[a-z]+(-[a-z]+[0-9]+)?$/);
      assert.is(url.host, host);
      assert.is(url.protocol, 'https:');
      assert.is(url.username + url.password + url.hash, '');
      assert.is(url.pathname, result.path);
      assert.ok(target === result.path || target.startsWith(`${result.path}?`));
      assert.match(
        result.path,
        /^\/v2(beta1)?\/projects\/(my-project|123456789)\/locations\/[a-z0-9-]+\/[a-zA-Z:]+/,
      );
      // what a decoding server sees has the same segments, and none that climbs
      const decoded = decodeURIComponent(result.path).split('/');
      assert.is(decoded.length, result.path.split('/').length);
      assert.not.ok(decoded.some((segment) => /^\.*$/.test(segment) && segment !== decoded[0]));
    }),
    { numRuns: 20_000 },
  );
  assert.ok(forwarded > 500, `only ${forwarded} of the runs were forwarded: the property says little`);
});

test.run();
