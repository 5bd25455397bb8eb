export const SERVICE_CALLER_LIMITS = {
  /** How long Google may take to send its certificates, in milliseconds. They are read about once in six hours. */
  timeoutMs: 5_000,
};

export type ServiceCallerLimits = Readonly<typeof SERVICE_CALLER_LIMITS>;
