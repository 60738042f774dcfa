/** Settings under which what a killed host held comes back while the test runs. */
export const chaosSettings = {
  LocalHost__LoadBalancingIntervalMs: '200',
  LocalHost__OwnershipExpiryMs: '1500',
  service_bus_lock_seconds: '5',
  inbox_lease_seconds: '1',
} as const;
