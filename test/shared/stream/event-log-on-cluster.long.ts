// The whole contract of the event log once more, on a Redis Cluster: three primaries and sharded pub/sub.
import { useCluster } from './log-fixture.ts';
import './event-log.test.ts';
import './event-log-faults.test.ts';
import './event-log-ids.test.ts';
import './event-log-interim.test.ts';
import './event-log-late-joiner.test.ts';
import './event-log-order.test.ts';

useCluster();
