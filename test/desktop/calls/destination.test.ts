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
  const read = (search: string) => destinationsIn(search).destinations;
  assert.equal(read('?phone=%2B15550100'), [{ is: 'phone', phone: '+15550100' }]);
  assert.equal(read('?phone=+15550100'), [{ is: 'phone', phone: '+15550100' }]);
  const both = read(`?conversation=${NAME}&phone=desk-7&phone=&other=1`);
  assert.equal(both, [
    { is: 'conversation', name: NAME },
    { is: 'phone', phone: 'desk-7' },
  ]);
  assert.equal(read(searchFor(both)), both);
  assert.is(searchFor([]), '');
});

test('names in the address that are no conversation are told apart, in their order', () => {
  const { destinations, unreadable } = destinationsIn(`?conversation=foo&conversation=${NAME}&conversation=`);
  assert.equal(destinations, [{ is: 'conversation', name: NAME }]);
  assert.equal(unreadable, ['foo', '']);
});

test.run();
