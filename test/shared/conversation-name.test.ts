import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isHostLocation, locationOf, type Project, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';

const PROJECT: Project = { id: 'demo-project', number: '418820394417' };
const SHORT = 'projects/demo-project/conversations/c';

const ACCEPTED: Record<string, [name: string, short: string]> = {
  'without a location': [SHORT, SHORT],
  'with a region': ['projects/demo-project/locations/us-central1/conversations/c', SHORT],
  'with the location global': ['projects/demo-project/locations/global/conversations/c', SHORT],
  'with a multi-region': ['projects/demo-project/locations/eu/conversations/c', SHORT],
  'with a long region': ['projects/demo-project/locations/northamerica-northeast1/conversations/c', SHORT],
  'with a region of two digits': ['projects/demo-project/locations/europe-west12/conversations/c', SHORT],
  'with the project number': ['projects/418820394417/conversations/c', SHORT],
  'with the project number and a location': ['projects/418820394417/locations/global/conversations/c', SHORT],
  // Ids that Dialogflow makes are base64url of random bytes: one in 64 starts with a hyphen, one with an underscore.
  'with an id that starts with a hyphen': [
    `${SHORT.slice(0, -1)}-1zQ4mVd7Tku`,
    `${SHORT.slice(0, -1)}-1zQ4mVd7Tku`,
  ],
  'with an id that starts with an underscore': [`${SHORT.slice(0, -1)}_a`, `${SHORT.slice(0, -1)}_a`],
  'with dots inside the id': [`${SHORT.slice(0, -1)}a..b.`, `${SHORT.slice(0, -1)}a..b.`],
  'with an id of 128 characters': [
    `${SHORT.slice(0, -1)}${'x'.repeat(128)}`,
    `${SHORT.slice(0, -1)}${'x'.repeat(128)}`,
  ],
};

for (const [what, [name, short]] of Object.entries(ACCEPTED)) {
  test(`a name ${what} is accepted`, () => {
    assert.is(shortName(name, PROJECT), short);
    assert.is(shortName(short, PROJECT), short);
  });
}

const REFUSED: Record<string, unknown> = {
  "a participant's name": `${SHORT}/participants/x`,
  "a participant's name with a location":
    'projects/demo-project/locations/global/conversations/c/participants/x',
  'a trailing slash': `${SHORT}/`,
  'a trailing slash after a name with a location': 'projects/demo-project/locations/global/conversations/c/',
  'a leading slash': `/${SHORT}`,
  'a doubled slash': 'projects/demo-project//conversations/c',
  'an empty id': 'projects/demo-project/conversations/',
  'an empty project': 'projects//conversations/c',
  'an empty location': 'projects/demo-project/locations//conversations/c',
  'two locations': 'projects/demo-project/locations/us/locations/us/conversations/c',
  'a location in upper case': 'projects/demo-project/locations/US/conversations/c',
  'a location that is a host': 'projects/demo-project/locations/evil.example#/conversations/c',
  'an id of one dot': 'projects/demo-project/conversations/.',
  'an id of two dots': 'projects/demo-project/conversations/..',
  'a project of two dots': 'projects/../conversations/c',
  'an opening brace': 'projects/demo-project/conversations/{c',
  'a closing brace': 'projects/demo-project/conversations/c}',
  'braces around the id': 'projects/demo-project/conversations/{c}',
  'a space': 'projects/demo-project/conversations/c d',
  'a leading space': ` ${SHORT}`,
  'a line feed at the end': `${SHORT}\n`,
  'a NUL': `${SHORT}\0`,
  'a star': `${SHORT}*`,
  'a percent sign': `${SHORT}%2e`,
  'a question mark': `${SHORT}?x`,
  'a number sign': `${SHORT}#x`,
  'a colon in the id': `${SHORT}:complete`,
  'a backslash': `${SHORT}\\x`,
  'letters beyond ASCII': 'projects/demo-project/conversations/é',
  'a full-width letter': 'projects/demo-project/conversations/ｃ',
  'a lone surrogate': `${SHORT}\ud800`,
  'a project in upper case': 'projects/Demo-Project/conversations/c',
  'an id of 129 characters': `projects/demo-project/conversations/${'x'.repeat(129)}`,
  'a megabyte': `projects/demo-project/conversations/${'x'.repeat(1 << 20)}`,
  'the id alone': 'c',
  'the empty text': '',
  'another resource': 'projects/demo-project/conversationProfiles/c',
  'no text: undefined': undefined,
  'no text: null': null,
  'no text: a number': 5,
  'no text: an object that turns into a name': { toString: () => SHORT },
  'no text: a list of one name': [SHORT],
};

for (const [what, name] of Object.entries(REFUSED)) {
  test(`${what} is not a conversation's name`, () => {
    assert.is(
      faultOf(() => shortName(name, PROJECT)),
      'not-a-conversation-name',
    );
  });
}

const FOREIGN = [
  'projects/other/conversations/c',
  'projects/demo-project2/conversations/c',
  'projects/999/conversations/c',
];

for (const name of FOREIGN) {
  test(`${name} is refused as another project's`, () => {
    assert.is(
      faultOf(() => shortName(name, PROJECT)),
      'other-project',
    );
  });
}

test("a project number counts only as the configured project's", () => {
  const name = 'projects/418820394417/conversations/c';
  assert.is(
    faultOf(() => shortName(name, { id: 'demo-project' })),
    'other-project',
  );
  assert.is(
    faultOf(() => shortName(name, { id: 'demo-project', number: undefined })),
    'other-project',
  );
});

test('a domain-scoped project is accepted', () => {
  const name = 'projects/example.com:call-centre/locations/global/conversations/c';
  assert.is(
    shortName(name, { id: 'example.com:call-centre' }),
    'projects/example.com:call-centre/conversations/c',
  );
});

test('the same id in two locations is one conversation, as in the reference', () => {
  const names = ['us', 'eu'].map((place) => `projects/demo-project/locations/${place}/conversations/x`);
  assert.is(shortName(names[0], PROJECT), shortName(names[1], PROJECT));
});

test('an error does not show the name, which may hold anything', () => {
  for (const name of ['projects/other/conversations/secret', 'secret phrase']) {
    const error = caught(() => shortName(name, PROJECT));
    assert.not.match(`${error.message}\n${error.stack}`, /secret/);
  }
});

const character = fc.oneof(
  fc.constantFrom(...'abcXYZ019-_.~:/{}*?[]#%&=@\\ \n\0é'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const part = fc.string({ unit: character, maxLength: 12 });
const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.tuple(part, part).map(([place, id]) => `projects/demo-project/locations/${place}/conversations/${id}`),
  part.map((id) => `projects/demo-project/conversations/${id}`),
  fc
    .tuple(fc.constantFrom('demo-project', '418820394417'), fc.constantFrom('/locations/us-east4', ''), part)
    .map(
      ([project, place, id]) =>
        `projects/${project}${place}/conversations/${id.replace(/[^A-Za-z0-9.~_-]/g, 'x')}`,
    ),
);

test('an accepted name is safe in tags, globs, paths and channels', () => {
  let accepted = 0;
  fc.assert(
    fc.property(anyName, (name) => {
      let short: string;
      try {
        short = shortName(name, PROJECT);
      } catch (error) {
        assert.instance(error, ConversationNameError);
        return;
      }
      accepted++;
      assert.match(short, /^projects\/demo-project\/conversations\/[A-Za-z0-9._~-]+$/);
      assert.not(short.split('/').some((segment) => /^\.*$/.test(segment)));
      assert.is(encodeURI(short), short);
      assert.is(new URL(short, 'https://host.example/v2/').pathname, `/v2/${short}`);
      assert.is(shortName(short, PROJECT), short);
    }),
    { numRuns: 3_000 },
  );
  assert.ok(accepted > 300, `only ${accepted} names were accepted: the property shows little`);
});

test('the location of a name is the one that it has', () => {
  assert.is(locationOf('projects/demo-project/locations/us-central1/conversations/c'), 'us-central1');
  assert.is(locationOf(SHORT), undefined);
  assert.is(locationOf('projects/demo-project/locations/us/conversations/c/participants/p'), undefined);
});

test('a location with a suffix is a label of a host name up to 63 bytes', () => {
  assert.ok(isHostLocation('a'.repeat(52), '-dialogflow'));
  assert.not(isHostLocation('a'.repeat(53), '-dialogflow'));
  for (const location of ['', 'evil.com#', 'us/', 'US', 'us\n']) assert.not(isHostLocation(location, ''));
});

function caught(call: () => unknown): ConversationNameError {
  try {
    call();
  } catch (error) {
    assert.instance(error, ConversationNameError);
    return error as ConversationNameError;
  }
  return assert.unreachable('it was accepted') as never;
}

const faultOf = (call: () => unknown) => caught(call).fault;

test.run();
