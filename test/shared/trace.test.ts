import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { traceFields } from '../../shared/trace.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a traceparent becomes the fields of Cloud Logging', () => {
  assert.equal(traceFields(`00-${TRACE}-${SPAN}-01`, 'demo-project'), {
    'logging.googleapis.com/trace': `projects/demo-project/traces/${TRACE}`,
    'logging.googleapis.com/spanId': SPAN,
    'logging.googleapis.com/trace_sampled': true,
  });
});

const FLAGS: Record<string, boolean> = {
  '00': false,
  '01': true,
  '02': false,
  '03': true,
  fe: false,
  ff: true,
};

for (const [flags, sampled] of Object.entries(FLAGS)) {
  test(`the flags ${flags} mean that the trace is ${sampled ? '' : 'not '}sampled`, () => {
    const fields = traceFields(`00-${TRACE}-${SPAN}-${flags}`, 'p');
    assert.is(fields?.['logging.googleapis.com/trace_sampled'], sampled);
  });
}

// W3C Trace Context, section 3.2.2: what makes a value invalid.
const INVALID: Record<string, unknown> = {
  'is absent': undefined,
  'is null': null,
  'is no text': 5,
  'is a list of headers': [`00-${TRACE}-${SPAN}-01`],
  'is empty': '',
  'has upper-case letters': `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  'has a short trace': `00-${TRACE.slice(1)}-${SPAN}-01`,
  'has a short span': `00-${TRACE}-${SPAN.slice(1)}-01`,
  'has a trace of zeros': `00-${'0'.repeat(32)}-${SPAN}-01`,
  'has a span of zeros': `00-${TRACE}-${'0'.repeat(16)}-01`,
  'has no flags': `00-${TRACE}-${SPAN}`,
  'has more than version 00 may have': `00-${TRACE}-${SPAN}-01-x`,
  'has the forbidden version': `ff-${TRACE}-${SPAN}-01`,
  'ends in a line feed': `00-${TRACE}-${SPAN}-01\n`,
};

for (const [what, value] of Object.entries(INVALID)) {
  test(`a traceparent that ${what} gives no fields`, () => {
    assert.is(traceFields(value, 'p'), undefined);
  });
}

test.run();
