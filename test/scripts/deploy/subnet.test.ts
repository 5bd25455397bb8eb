// Whether the subnet has room for the instances.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { subnetDifferences } from '../../../scripts/deploy/steps/subnet.ts';

function told(ipCidrRange: string | undefined, env: Record<string, string> = {}): string {
  const settings = readDeploySettings({ GCP_PROJECT_ID: 'demo-proj', ...env });
  const reading =
    ipCidrRange === undefined
      ? ({ found: false } as const)
      : ({ found: true, text: JSON.stringify({ ipCidrRange }) } as const);
  return subnetDifferences(reading, settings).join();
}

test('a subnet with four addresses for each instance is enough', () => {
  assert.is(told('10.128.0.0/20', { FUNCTION_NETWORK: 'direct' }), '');
  assert.is(told('10.0.0.0/25'), '');
  assert.is(told('10.0.0.0/26', { RELAY_MAX_INSTANCES: '1' }), '');
});

test('a subnet that is too small is told with the one it takes', () => {
  assert.match(told('10.0.0.0/26'), 'a /26, and 18 instances may take a /25: set VPC_SUBNET');
  assert.match(told('10.0.0.0/24', { FUNCTION_NETWORK: 'direct' }), '98 instances may take a /23');
  assert.match(told('10.0.0.0/28', { RELAY_MAX_INSTANCES: '1' }), 'may take a /26');
});

test('a subnet that is not there is told', () => {
  assert.match(
    told(undefined, { VPC_SUBNET: 'desks' }),
    'has no subnet desks in us-central1: see VPC_SUBNET',
  );
});

test.run();
