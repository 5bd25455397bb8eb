-- Reads a page of a conversation's log and its top, both of one instant.
--
-- KEYS  meta, log, interim (see keys.ts)
-- ARGV  first offset wanted, most entries to return (0: only the top), age in seconds past which an interim
--       transcript is no longer given, most bytes of events to return (though at least one event)
-- Returns {epoch, offset, tag, interims, entries, open}: the top; the count of interim transcripts so far; entries as
-- XRANGE gives them; `open` the newest interim transcript of each open utterance, only with the page that reaches
-- the top. A log that does not exist has the epoch ''.
local meta_key, log_key, interim_key = KEYS[1], KEYS[2], KEYS[3]
local first, limit, interim_age, max_bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local meta = redis.call('HMGET', meta_key, 'epoch', 'offset', 'tag', 'interims')
local epoch, offset, tag, interims = meta[1], meta[2] or '0', meta[3] or '0', meta[4] or '0'
if not epoch then
  return {'', '0', '0', '0', {}, {}}
end
if limit == 0 then
  return {epoch, offset, tag, interims, {}, {}}
end

-- In small steps: one XRANGE for all would copy 200 events, with nothing else running meanwhile, of which a page may
-- have room for two.
local STEP = 8
local entries, bytes, start, is_full = {}, 0, first .. '-0', false
while #entries < limit and not is_full do
  local step = redis.call('XRANGE', log_key, start, '+', 'COUNT', math.min(STEP, limit - #entries))
  for _, entry in ipairs(step) do
    bytes = bytes + #entry[2][8]   -- the event's text: fields are in append.lua's order
    is_full = #entries > 0 and bytes > max_bytes
    if is_full then
      break
    end
    entries[#entries + 1] = entry
  end
  if #step < STEP then
    break
  end
  -- The next id after OFFSET-0, which no entry has; an exclusive start of the range would need Redis 6.2.
  start = string.match(step[STEP][1], '^%d+') .. '-1'
end

local open = {}
if #entries == 0 or entries[#entries][1] == offset .. '-0' then
  local oldest = tonumber(redis.call('TIME')[1]) - interim_age
  for _, value in ipairs(redis.call('HVALS', interim_key)) do
    local said_at = tonumber(string.match(value, '^%S* (%d+) '))
    if said_at ~= nil and said_at >= oldest then
      open[#open + 1] = value
    end
  end
end
return {epoch, offset, tag, interims, entries, open}
