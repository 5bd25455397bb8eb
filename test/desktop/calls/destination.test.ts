import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { destinationOf, destinationsIn, searchFor } from '../../../relay/desktop/calls/destination.ts';

const NAME = 'projects/p/locations/global/conversations/c';

test('names of conversations and phone numbers are told apart', () => {
  assert.equal(destinationOf(` ${NAME} `), { is: 'conversation', name: NAME });
  assert.equal(destinationOf('projects/p/conversations/c'), {
    is: 'conversation',
    name: 'projects/p/conversations/c',
  });
  assert.equal(destinationOf('+1 (555) 010-0'), { is: 'phone', phone: '+15550100' });
  for (const typed of ['', 'hello', 'projects/p', `${NAME}/messages/m`, '+', 'javascript:alert(1)']) {
    assert.is(destinationOf(typed), undefined, typed);
  }
});

test('the address of the page says what to open, and comes back', () => {
  assert.equal(destinationsIn('?phone=%2B15550100'), [{ is: 'phone', phone: '+15550100' }]);
  assert.equal(destinationsIn('?phone=+15550100'), [{ is: 'phone', phone: '+15550100' }]);
  const both = destinationsIn(`?conversation=${NAME}&phone=desk-7&phone=&conversation=nonsense`);
  assert.equal(both, [
    { is: 'conversation', name: NAME },
    { is: 'phone', phone: 'desk-7' },
  ]);
  assert.equal(destinationsIn(searchFor(both)), both);
  assert.is(searchFor([]), '');
});

test.run();
