-- Reads a page of the index of conversations, the newest start first.
--
-- KEYS  started, ended (see keys.ts)
-- ARGV  the start and the name of the last conversation of the page before ('+inf' and '' for the first page), most
--       conversations to return, how long a conversation is listed from its start and after its end (both in
--       milliseconds)
-- Returns {entries, has more}: each entry a name, its start and its end, which is '' while it goes on; then '1' or '0'.
local started_key, ended_key = KEYS[1], KEYS[2]
local last_start, last_name, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local listed, ended_listed = tonumber(ARGV[4]), tonumber(ARGV[5])

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
-- What is past its time goes from the index with the next write, so there is little of it.
local STEP = 200
local entries, skipped, step = {}, 0, nil
repeat
  step = redis.call('ZREVRANGEBYSCORE', started_key, last_start, now - listed, 'WITHSCORES', 'LIMIT', skipped, STEP)
  skipped = skipped + STEP
  for index = 1, #step, 2 do
    local name, start = step[index], step[index + 1]
    -- Of one start the names come in descending order.
    if last_name == '' or start ~= last_start or name < last_name then
      local ended = redis.call('ZSCORE', ended_key, name) or ''
      if ended == '' or tonumber(ended) > now - ended_listed then
        if #entries == limit then
          return {entries, '1'}
        end
        entries[#entries + 1] = {name, start, ended}
      end
    end
  end
until #step < 2 * STEP
return {entries, '0'}
