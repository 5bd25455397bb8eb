import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { redisHostFault } from '../../shared/redis-host.ts';

const HOSTS = [
  ...['localhost', '10.0.0.3', '::1', 'fd20::3', 'redis', 'redis-1.example.com', 'redis.example.com.'],
  ...[
    '_redis._tcp.example.com',
    'my_redis',
    'a,b',
    '10.0.0.1,10.0.0.2',
    'a:7000,b:7001',
    'a:7000, b',
    'a, ::1',
  ],
];
for (const host of HOSTS) {
  test(`${host} is taken as the host of Redis`, () => assert.is(redisHostFault(host), undefined));
}

const FAULTS: [host: string, fault: RegExp][] = [
  ['redis://10.0.0.3', /scheme/],
  ['rediss://:hunter2@redis.example.com:6379/0', /scheme/],
  ['https://redis', /scheme/],
  ['10.0.0.3:6379', /REDISPORT/],
  ['redis.example.com:6379', /REDISPORT/],
  ['[::1]:6379', /REDISPORT/],
  ['[::1]', /brackets/],
  [' 10.0.0.3', /space/],
  ['10.0.0.3 ', /space/],
  ['10.0.0.3\n', /line break/],
  ['10.0.0.3\r\n', /line break/],
  ['my redis', /space/],
  ['default:hunter2@redis', /user/],
  ['redis/0', /path/],
  ['redis..example.com', /not a host name/],
  ['"redis"', /not a host name/],
  ['redis:port', /not a host name/],
  ['a,,b', /empty/],
  ['a,', /empty/],
  [',', /empty/],
  ['redis://a:1,redis://b:2', /scheme/],
  [`${'a'.repeat(64)}.example.com`, /not a host name/],
];
for (const [host, fault] of FAULTS) {
  test(`${JSON.stringify(host).slice(0, 40)} is refused as the host of Redis`, () => {
    const found = redisHostFault(host) ?? '';
    assert.match(found, fault);
    assert.not.match(found, /hunter2|10\.0/);
  });
}

test.run();
