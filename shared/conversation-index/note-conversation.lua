-- Notes in the index that a conversation is there, or that it has ended. Noting the same event again changes nothing.
--
-- KEYS  started, ended (see keys.ts)
-- ARGV  the short name, when the event was published (in milliseconds since 1970), '1' when it ends the conversation,
--       how long a conversation is listed from its start and after its end (both in milliseconds)
local started_key, ended_key = KEYS[1], KEYS[2]
local name, time, finishes = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local listed, ended_listed = tonumber(ARGV[4]), tonumber(ARGV[5])

-- What nobody lists any more goes with the next write, in small steps: a day's calls may end in one quiet hour.
local STEP = 100
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local gone = redis.call('ZRANGEBYSCORE', ended_key, '-inf', now - ended_listed, 'LIMIT', 0, STEP)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', started_key, '-inf', now - listed, 'LIMIT', 0, STEP)) do
  gone[#gone + 1] = old
end
if #gone > 0 then
  redis.call('ZREM', started_key, unpack(gone))
  redis.call('ZREM', ended_key, unpack(gone))
end

local start = tonumber(redis.call('ZSCORE', started_key, name) or nil)
if finishes then
  -- An end of what is not listed would stay for as long as a start.
  if start and not redis.call('ZSCORE', ended_key, name) then
    redis.call('ZADD', ended_key, math.min(time, now), name)
  end
elseif time > now - listed and (not start or time < start) then
  redis.call('ZADD', started_key, time, name)
end
redis.call('PEXPIRE', started_key, listed)
redis.call('PEXPIRE', ended_key, listed)
return 0
